"""Where Chromium is: $CHROMIUM, PATH, playwright's own, apt as root; else one sentence."""

import os
import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SENTENCE = (
    "No Chromium was found: set CHROMIUM to its path, install it (apt-get install chromium), "
    "or run `.venv/bin/playwright install chromium`."
)


def find_chromium(playwright: Playwright) -> str:
    """Return the path of a Chromium; raises AssertionError with one sentence, never skips."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).exists():
            raise AssertionError(f"CHROMIUM is set to {named}, which does not exist.")
        return named
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
        if found := shutil.which("chromium"):
            return found
    raise AssertionError(SENTENCE)
