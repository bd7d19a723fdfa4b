"""A worker dies, or sleeps too long, in the middle of a lookup: another one does it, once."""

import pytest

from carriers.sandbox.script import Reply, Sign
from tests.faults.clerk import Clerk, Watch
from tests.faults.conftest import CIRCLE
from tests.faults.shop import Shop

pytestmark = pytest.mark.faults

DONE_S = 60.0
"""DESIGN §10: working again within 60 s of a `kill -9`."""
SLOW = Reply(Sign.CROSS, delay=12.0)
"""What the first worker would have been told, had it lived to hear it."""


def _ask_slowly(shop: Shop, clerk: Clerk) -> tuple[str, str]:
    """Ask about a phone that is clear, and return once kddi is being asked and will say ×."""
    imei = shop.phone(docomo=CIRCLE, kddi=SLOW)
    deal = clerk.ask_about(imei)
    shop.wait_for(imei, "docomo", "softbank", "rakuten", "mineo", seconds=10)
    shop.stack.until(lambda: shop.questions(imei, "kddi") == 1, seconds=5, what="kddi to be asked")
    assert shop.lookups(imei)["kddi"]["state"] == "running"
    shop.plan[imei, "kddi"] = CIRCLE
    return imei, deal


def test_a_killed_workers_lookup_is_done_by_the_next(rough: Shop) -> None:
    clerk = rough.clerk()
    imei, deal = _ask_slowly(rough, clerk)
    with Watch(rough.clerk(), deal) as watch:
        rough.stack.kill_worker()
        rough.wait_for(imei, "kddi", seconds=DONE_S)
        rough.stack.until(
            lambda: clerk.check_page(deal).verdict == "white", seconds=5, what="the verdict"
        )
    # Waiting all the time, never a mark that nobody gave.
    assert watch.shown["kddi"] in (["…", "○"], ["…"])
    assert watch.verdicts in (["unresolved", "white"], ["unresolved"])
    assert rough.kinds(rough.lookups(imei)["kddi"]["id"]) == ["asked", "lost", "asked", "answered"]
    assert rough.questions(imei, "kddi") == 2
    rough.must_be_sound(imei)


def test_a_worker_that_wakes_up_too_late_is_not_believed(rough: Shop) -> None:
    clerk = rough.clerk()
    imei, deal = _ask_slowly(rough, clerk)
    rough.stack.suspend("lookups")
    try:
        with rough.second_worker(), Watch(rough.clerk(), deal) as watch:
            rough.wait_for(imei, "kddi", seconds=DONE_S + 10)
            rough.stack.resume("lookups")
            lookup = rough.lookups(imei)["kddi"]["id"]
            rough.stack.until(
                lambda: rough.kinds(lookup).count("lost") == 2, seconds=20, what="the late worker"
            )
    finally:
        rough.stack.resume("lookups")
    assert clerk.check_page(deal).verdict == "white"
    assert "×" not in watch.shown["kddi"]
    assert rough.kinds(lookup) == ["asked", "lost", "asked", "answered", "lost"]
    rough.must_be_sound(imei)
