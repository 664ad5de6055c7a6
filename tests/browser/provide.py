"""`python -m tests.browser.provide`: see to it that there is a Chromium, before the network is cut off.

HUNTAZE_CHROMIUM, else the system's, else one that Playwright has already, else, as root on Debian's kind, the
distribution's package. Exit status 1 if there is none.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find_chromium

REMEDY = "There is no Chromium, so nothing was tried in a browser. Install chromium, or name one with HUNTAZE_CHROMIUM."


def there_is_one() -> bool:
    """Whether the browser tests will find a browser."""
    named = find_chromium()
    if named is not None:
        return shutil.which(named) is not None
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def install() -> bool:
    """Ask the distribution for one; False where that cannot be done."""
    tool = shutil.which("apt-get")
    # One that was named and is not there is a mistake to be said, not to be covered by another
    if tool is None or os.geteuid() != 0 or os.environ.get("HUNTAZE_CHROMIUM"):
        return False
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        if subprocess.run([tool, *command], env=environ, stdout=sys.stderr, check=False).returncode != 0:
            return False
    return there_is_one()


def main() -> int:
    """Look, install if need be; with --remedy only say what to do."""
    if sys.argv[1:] == ["--remedy"]:
        print(REMEDY, file=sys.stderr)
        return 1
    return 0 if there_is_one() or install() else 1


if __name__ == "__main__":
    sys.exit(main())
