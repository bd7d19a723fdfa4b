"""The web server loads everything before the first person comes, and needs nobody for that."""

import subprocess
import sys

from tests.cluster import ROOT

NEEDED = ("buyback.counter.urls", "kombu.transport.redis", "redis")


def test_the_first_request_finds_everything_loaded() -> None:
    code = f"import config.wsgi, sys; print([m for m in {NEEDED!r} if m not in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
