"""Chromium for the journeys, from Debian's packages, where this account may install them.

Where it may not, the journeys are left out, and the test run says so.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

MARK = Path(__file__).resolve().parents[1] / ".venv" / ".browser"
PACKAGES = ("chromium", "fonts-dejavu-core")


def main() -> None:
    """Install Chromium unless it is there; say what is left out if that cannot be."""
    if shutil.which("chromium") is None and not install():
        print("· Chromium is not here and cannot be installed by this account: the journeys in a browser are left out.")
        print(f"  To have them, run once as root: apt-get install {' '.join(PACKAGES)}")
        return
    MARK.touch()


def install() -> bool:
    """As root on Debian or its kin: yes."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("· Installing Chromium from the system's packages", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update"], **quiet)
    done = subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES], **quiet)
    return done.returncode == 0 and shutil.which("chromium") is not None


if __name__ == "__main__":
    sys.exit(main())
