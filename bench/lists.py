"""How long the lists, searches and the ledger take in a shop with years behind it.

Fills a throw-away database of the embedded PostgreSQL with `--rows` deals, devices, units and
ledger lines, asks what the pages ask at random places, and prints p50 and p95 beside the target,
the tables of which much was read, and how fast the ledger leaves as CSV.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from tests.cluster import ROOT, Cluster

IN_DJANGO = "import django; django.setup(); from bench import _list_timings as b; b.main()"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; never fails for being slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=40, help="how often each question is asked")
    options = parser.parse_args(argv)
    cluster = Cluster()
    cluster.acquire()
    database = cluster.clone()
    try:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PROCESS": "manage",
            "DATABASE_URL": database.app_url,
            "BENCH_SUPERUSER_URL": database.superuser_url,
            "BENCH_ROWS": str(options.rows),
            "BENCH_TIMES": str(options.times),
        }
        return subprocess.run(
            [sys.executable, "-c", IN_DJANGO], cwd=ROOT, env=environment, check=False
        ).returncode
    finally:
        cluster.drop(database)
        cluster.release()


if __name__ == "__main__":
    sys.exit(main())
