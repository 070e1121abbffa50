"""Everything that Cheiron needs on a fresh machine: a virtual environment, the locked packages, the front-end files.

Standard library only. Run by the Makefile; run again, it installs only what has changed.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
BIN = HERE / ".venv" / "bin"


def main() -> None:
    """Each step says what it does; the first that fails ends the set-up with the reason."""
    if sys.version_info < (3, 11):
        sys.exit(f"Cheiron needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try make PYTHON=python3.11.")
    if not (BIN / "python").exists():
        say("Making a virtual environment in .venv")
        venv.create(HERE / ".venv", with_pip=True)
    if not (BIN / "uv").exists():
        run(BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    say("Installing the locked packages")
    run(BIN / "uv", "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "requirements/all.lock")
    run(BIN / "uv", "pip", "install", "--quiet", "--no-deps", "--editable", ".")
    front_end()
    (HERE / ".venv" / ".set-up").touch()


def front_end() -> None:
    """Style sheets, fonts and icons come as packages and are copied by name."""
    say("Installing the front-end files")
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing. Install Node.js (on Debian: apt-get install nodejs npm), then run make again.")
    run(npm, "ci", "--silent", "--no-audit", "--no-fund")
    run(BIN / "python", "scripts/vendor.py")


def run(*command: str | Path) -> None:
    """Run a command in the checkout; stop with its own words if it fails."""
    done = subprocess.run([str(part) for part in command], cwd=HERE, check=False)
    if done.returncode:
        sys.exit(f"Set-up stopped: {' '.join(map(str, command))} ended with {done.returncode}.")


def say(line: str) -> None:
    """A line of progress, at once."""
    print(f"· {line}", flush=True)


if __name__ == "__main__":
    main()
