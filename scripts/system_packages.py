"""What the tests need beside Python: Chromium for the journeys, PostgreSQL for the second run of the suite.

Both come from Debian's packages, where this account may install them. Where it may not, what needs them is left out,
and the test run says so.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from postgresql import programs

MARK = Path(__file__).resolve().parents[1] / ".venv" / ".system-packages"
# Debian would start a server of its own with the package; the tests bring theirs.
NO_SERVER = Path("/etc/postgresql-common/createcluster.conf")


def main() -> None:
    """Install what is missing; the mark is set only when nothing is missing any more."""
    chromium = have("the journeys in a browser", lambda: shutil.which("chromium"), "chromium", "fonts-dejavu-core")
    if programs() is None and os.geteuid() == 0 and not NO_SERVER.exists():
        NO_SERVER.parent.mkdir(parents=True, exist_ok=True)
        NO_SERVER.write_text("create_main_cluster = false\n", "utf-8")
    if have("the run on PostgreSQL", programs, "postgresql") and chromium:
        MARK.touch()


def have(what: str, found: Callable[[], object], *packages: str) -> bool:
    """Whether it is there, after an attempt to install it."""
    if found() or (install(*packages) and found()):
        return True
    print(f"· {packages[0]} is not here and cannot be installed by this account: {what} is left out.")
    print(f"  To have it, run once as root: apt-get install {' '.join(packages)}", flush=True)
    return False


def install(*packages: str) -> bool:
    """As root on Debian or its kin: yes."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"· Installing {packages[0]} from the system's packages", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update"], **quiet)
    done = subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *packages], **quiet)
    return done.returncode == 0


if __name__ == "__main__":
    main()
