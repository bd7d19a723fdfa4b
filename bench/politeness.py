"""How many questions a network gets in the worst second, over four worker processes that hurry.

Runs real workers (four processes of `--threads` threads) against stand-in sites, real Redis and
PostgreSQL, with `--lookups` questions per network all due at once. Counted twice: by Redis's clock,
when the slot was granted (the promise), and at the site, when the question came in (what a network
sees; the way from the one to the other adds a little on either side).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import time as hour
from pathlib import Path

import django

from carriers.sandbox.script import Reply, Sign
from carriers.sandbox.server import StandIn
from config.runner.children import worker
from tests.cluster import ROOT, Cluster
from tests.stack import Stack

PROCESSES = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when no second at any network held more than its rate, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=10, help="questions a second, per network")
    parser.add_argument("--lookups", type=int, default=150, help="per network")
    parser.add_argument("--threads", type=int, default=20, help="per worker process")
    options = parser.parse_args(argv)
    cluster = Cluster()
    cluster.acquire()
    arrivals: dict[str, list[int]] = defaultdict(list)

    def answer(imei: str, site: str) -> Reply:
        arrivals[site].append(time.monotonic_ns() // 1_000_000)
        return Reply(Sign.CIRCLE)

    try:
        with (
            StandIn(answer) as sites,
            tempfile.TemporaryDirectory() as folder,
            Stack(Path(folder), cluster, STAND_IN_URL=sites.url) as stack,
        ):
            os.environ.update(stack.env)
            django.setup()
            lasted = _run(stack, options)
            granted = _granted(stack)
    finally:
        cluster.release()
    return _print(granted, arrivals, lasted, options)


def _run(stack: Stack, options: argparse.Namespace) -> float:
    """Let all workers hurry; return the seconds until the last answer."""
    _make_lookups(options.rate, options.lookups)
    child = worker("lookups", pool="threads", concurrency=options.threads)
    more = []
    for number in range(1, PROCESSES):
        command = [part.replace("lookups@%h", f"bench{number}@%h") for part in child.command]
        more.append(subprocess.Popen(command, cwd=ROOT, env={**stack.env, **child.extra}))
    began = time.monotonic()
    try:
        _wake_all()
        stack.until(_all_answered, seconds=600, what="every question to be answered")
    finally:
        for process in more:
            process.terminate()
        for process in more:
            process.wait(timeout=60)
    return time.monotonic() - began


def _make_lookups(rate: int, count: int) -> None:
    # Django must be set up before its models can be imported.
    from django.utils import timezone  # noqa: PLC0415

    from carriers.checks.models import Lookup  # noqa: PLC0415
    from carriers.imei import demo_imei  # noqa: PLC0415
    from carriers.networks.registry import NETWORKS  # noqa: PLC0415
    from carriers.pace.services import set_pace  # noqa: PLC0415
    from tests.carriers.lookups import make_lookup  # noqa: PLC0415
    from tests.factories import make_user  # noqa: PLC0415

    actor = make_user()
    for network in NETWORKS:
        set_pace(
            network=network,
            stand_in=True,
            interval_ms=1000 // rate,
            daily_budget=None,
            quiet_from=hour(0),
            quiet_until=hour(0),
            valid_from=timezone.now(),
            reason="bench",
            actor=actor,
        )
        for serial in range(count):
            make_lookup(network=network, imei=demo_imei(serial + 1).digits)
    Lookup.objects.update(lane="counter")


def _wake_all() -> None:
    from carriers.checks.models import Lookup  # noqa: PLC0415  # as above
    from carriers.checks.tasks import run_lookup  # noqa: PLC0415
    from carriers.checks.wake import send  # noqa: PLC0415

    # All at once and mixed: every worker has every network in hand.
    send(run_lookup, list(Lookup.objects.order_by("imei").values_list("pk", flat=True)))


def _all_answered() -> bool:
    from carriers.checks.models import Lookup  # noqa: PLC0415  # as above

    return not Lookup.objects.exclude(state="answered").exists()


def _granted(stack: Stack) -> dict[str, list[int]]:
    """Return per network when its questions were put on record, in ms: just after their slots."""
    rows = stack.rows(
        "SELECT l.network, (extract(epoch FROM a.at) * 1000)::bigint FROM carriers_lookupattempt a"
        " JOIN carriers_lookup l ON l.id = a.lookup_id WHERE a.kind = 'asked' ORDER BY a.at"
    )
    found: dict[str, list[int]] = defaultdict(list)
    for network, moment in rows:
        found[network].append(int(moment))
    return found


def _print(
    granted: dict[str, list[int]],
    arrivals: dict[str, list[int]],
    lasted: float,
    options: argparse.Namespace,
) -> int:
    from carriers.pace.policy import worst_second  # noqa: PLC0415  # as above

    print(
        f"{PROCESSES} worker processes × {options.threads} threads,"
        f" {options.lookups} questions per network, rate {options.rate}/s; {lasted:.1f} s"
    )
    worst = 0
    for network, moments in granted.items():
        asked = worst_second(moments)
        seen = worst_second(sorted(arrivals[network]))
        worst = max(worst, asked)
        print(f"{network:<10} worst second: {asked:3} asked, {seen:3} seen by the site")
    met = worst <= options.rate
    print(f"never more than {options.rate} in any second: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
