"""``python -m cheiron``."""

from cheiron.cli import main

if __name__ == "__main__":
    main(prog_name="cheiron")
