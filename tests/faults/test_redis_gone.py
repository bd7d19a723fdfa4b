"""Redis is gone when the carriers are asked: nobody waits for it, and nothing is lost."""

from collections.abc import Iterator

import psutil
import pytest

from carriers.networks.registry import NETWORKS
from carriers.sandbox.script import Reply, Sign
from tests.faults.clerk import path_of_deal
from tests.faults.conftest import CIRCLE
from tests.faults.shop import Shop

pytestmark = pytest.mark.faults

WAITS_JA = "自動照会が順番待ちのままです。手で確認することもできます。"
WAITS_EN = "The automatic question is still waiting. You can answer by hand."
QUICK_S = 2.0


@pytest.fixture
def without_redis(rough: Shop) -> Iterator[Shop]:
    """The shop with Redis killed; a test may start it again itself."""
    rough.stack.stop_redis()
    yield rough
    if rough.stack.redis.running() is None:
        rough.stack.start_redis()


def test_the_counter_goes_on_without_redis_and_catches_up_with_it(without_redis: Shop) -> None:
    shop = without_redis
    imei = shop.phone(docomo=CIRCLE)
    clerk = shop.clerk()  # log-in works
    answer = clerk.take_in(imei)  # asks the carriers at once
    deal = path_of_deal(answer)
    assert (answer.status, answer.seconds < QUICK_S) == (303, True), answer.seconds
    assert {row["state"] for row in shop.lookups(imei).values()} == {"queued"}

    shop.stack.until(
        lambda: clerk.check_page(deal).cells["docomo"].detail == WAITS_JA,
        seconds=8,
        what="the sentence that the question waits",
    )
    page = clerk.check_page(deal, "en")
    assert page.verdict == "unresolved"
    assert {cell.detail for cell in page.cells.values()} == {WAITS_EN}
    assert {cell.symbol for cell in page.cells.values()} == {"…"}

    clerk.take_by_hand(deal, "kddi")
    clerk.press(deal, shop.lookups(imei)["kddi"]["id"], "at_risk")
    assert clerk.check_page(deal).cells["kddi"].symbol == "△"

    shop.stack.start_redis()
    shop.wait_for(imei, seconds=30)
    expected = dict.fromkeys(NETWORKS, "－") | {"docomo": "○", "kddi": "△"}
    assert {name: cell.symbol for name, cell in clerk.check_page(deal).cells.items()} == expected
    asked = {network: shop.questions(imei, network) for network in NETWORKS}
    assert asked == dict.fromkeys(NETWORKS, 1) | {"kddi": 0}  # not what a person had answered
    shop.must_be_sound(imei)


def test_nobody_waits_for_a_frozen_redis(rough: Shop) -> None:
    imei = rough.phone(docomo=Reply(Sign.TRIANGLE))
    clerk = rough.clerk()
    redis = rough.stack.redis.running()
    assert isinstance(redis, psutil.Process)
    redis.suspend()
    try:
        answer = clerk.take_in(imei)
    finally:
        redis.resume()
    assert (answer.status, answer.seconds < QUICK_S) == (303, True), answer.seconds
    rough.wait_for(imei, seconds=40)
    assert clerk.check_page(path_of_deal(answer)).verdict == "at_risk"
    assert [rough.questions(imei, network) for network in NETWORKS] == [1] * len(NETWORKS)
    rough.must_be_sound(imei)


def test_wake_ups_that_redis_lost_are_found_by_the_sweeper(rough: Shop) -> None:
    """Redis comes back empty: the rows in PostgreSQL are the jobs, the messages only wake."""
    imei = rough.phone(mineo=CIRCLE)
    clerk = rough.clerk()
    rough.stack.suspend("lookups")  # the messages stay in Redis
    try:
        deal = clerk.ask_about(imei)
        rough.stack.stop_redis()
        for file in (rough.stack.folder / "redis").rglob("*.aof*"):
            file.unlink()
        rough.stack.start_redis()
    finally:
        rough.stack.resume("lookups")
    rough.wait_for(imei, seconds=40)
    assert clerk.check_page(deal).verdict == "white"
    assert [rough.questions(imei, network) for network in NETWORKS] == [1] * len(NETWORKS)
    rough.must_be_sound(imei)
