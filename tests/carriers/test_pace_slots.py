"""Slots on a real Redis: never above the rate, the urgent first, and nobody without Redis."""

import multiprocessing
import time as clock
from datetime import time, timedelta
from itertools import pairwise
from threading import Thread

import pytest
import redis
from django.conf import LazySettings

from carriers.checks.policy import Lane
from carriers.pace import slots as counted
from carriers.pace.policy import SLOWED_S, Pace, Turn, Why, worst_second
from carriers.pace.slots import end_call, site_of, slow_down, take_slot
from config.embedded.redis import Redis

SITE = site_of("docomo", stand_in=True)
NEVER = time(0)
RATE = 20
FAST = Pace(1000 // RATE, None, NEVER, NEVER)
SLOW = Pace(3_000, None, NEVER, NEVER)
CALL = timedelta(seconds=30)


def ask(pace: Pace, lane: Lane = Lane.COUNTER, asker: str = "1", site: str = SITE) -> Turn:
    return take_slot(site, pace, rank=lane.rank, asker=asker, call=CALL)


def _ask_for(
    url: str, seconds: float, name: str, results: "multiprocessing.Queue[list[int]]"
) -> None:
    """Ask without a pause from another process; what is told to wait is asked anew at once."""
    from django.conf import settings  # noqa: PLC0415  # in the child, after the fork

    settings.REDIS_URL = url
    counted._client.cache_clear()
    granted, ends = [], clock.monotonic() + seconds
    while clock.monotonic() < ends:
        turn = ask(FAST, asker=name)
        if turn.granted:
            granted.append(turn.at_ms)
    results.put(granted)


def test_four_processes_stay_within_the_rate_in_any_second(slots: str) -> None:
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[list[int]] = context.Queue()
    asking = [
        context.Process(target=_ask_for, args=(slots, 2.5, str(number), results))
        for number in range(4)
    ]
    for process in asking:
        process.start()
    granted = sorted(moment for _ in asking for moment in results.get(timeout=20))
    for process in asking:
        process.join(timeout=20)
    assert worst_second(granted) <= RATE
    lasted_s = (granted[-1] - granted[0]) / 1000
    assert len(granted) >= 0.8 * RATE * lasted_s  # and the rate is used


def test_threads_of_one_process_share_it_too(slots: str) -> None:
    granted: list[int] = []

    def act(name: str) -> None:
        ends = clock.monotonic() + 1.2
        while clock.monotonic() < ends:
            turn = ask(FAST, asker=name)
            if turn.granted:
                granted.append(turn.at_ms)

    threads = [Thread(target=act, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 < worst_second(sorted(granted)) <= RATE


def test_a_refusal_says_how_long(slots: str) -> None:
    assert ask(SLOW).granted
    turn = ask(SLOW, asker="2")
    assert turn.why is Why.RATE
    assert 2_000 < turn.wait_ms <= 3_000


def test_newcomers_are_spread_over_the_slots_to_come(slots: str) -> None:
    assert ask(SLOW).granted
    waits = [ask(SLOW, asker=str(number)).wait_ms for number in range(2, 6)]
    gaps = [later - sooner for sooner, later in pairwise(waits)]
    assert all(2_500 < gap <= 3_000 for gap in gaps)
    assert ask(SLOW, asker="5").wait_ms <= 3_000  # who comes back waits for one slot


def test_networks_and_kinds_of_site_do_not_share_slots(slots: str) -> None:
    assert ask(SLOW).granted
    assert ask(SLOW, site=site_of("docomo", stand_in=False)).granted
    assert ask(SLOW, site=site_of("kddi", stand_in=True)).granted


def test_a_lower_lane_costs_the_counter_one_slot_at_most(slots: str) -> None:
    """Re-checks ask all the time; the counter arrives just after one of them."""
    pace = Pace(200, None, NEVER, NEVER)
    assert ask(pace, Lane.RECHECK, "r").granted
    began = clock.monotonic()
    turn, after = ask(pace, Lane.COUNTER, "c"), []
    while not turn.granted:
        after.append(ask(pace, Lane.RECHECK, "r").granted)
        end_call(SITE, asker="r")
        turn = ask(pace, Lane.COUNTER, "c")
    assert clock.monotonic() - began <= 0.2 + 0.1
    assert not any(after)


@pytest.mark.parametrize("first", list(Lane))
def test_each_lane_goes_before_those_behind_it(slots: str, first: Lane) -> None:
    pace = Pace(50, None, NEVER, NEVER)
    assert ask(pace, Lane.COUNTER, "now").granted
    assert not ask(pace, first, "first").granted
    clock.sleep(0.06)
    for lane in Lane:
        if lane.rank > first.rank:
            assert ask(pace, lane, lane.value).why is Why.LANE
    assert ask(pace, first, "first").granted


def test_who_waited_and_never_came_back_holds_nobody_up_for_long(slots: str) -> None:
    pace = Pace(50, None, NEVER, NEVER)
    assert ask(pace, Lane.COUNTER, "now").granted
    assert not ask(pace, Lane.COUNTER, "gone").granted
    clock.sleep(0.06)
    assert ask(pace, Lane.PUBLIC, "public").why is Why.LANE
    clock.sleep(1.1)
    assert ask(pace, Lane.PUBLIC, "public").granted


def test_unattended_calls_never_take_all_threads(slots: str) -> None:
    pace = Pace(1, None, NEVER, NEVER)
    for number in range(3):
        assert ask(pace, Lane.RECHECK, str(number)).granted
        clock.sleep(0.005)
    assert ask(pace, Lane.RECHECK, "3").why is Why.BUSY
    assert ask(pace, Lane.COUNTER, "person").granted
    end_call(SITE, asker="0")
    clock.sleep(0.005)
    assert ask(pace, Lane.RECHECK, "3").granted


def test_a_days_budget_ends_and_the_counter_keeps_its_part(slots: str) -> None:
    pace = Pace(1, 5, NEVER, NEVER)
    granted = {Lane.RECHECK: 0, Lane.COUNTER: 0}
    for lane in granted:
        for number in range(6):
            granted[lane] += ask(pace, lane, f"{lane}{number}").granted
            end_call(SITE, asker=f"{lane}{number}")
            clock.sleep(0.003)
    assert granted == {Lane.RECHECK: 4, Lane.COUNTER: 1}
    turn = ask(pace)
    assert turn.why is Why.BUDGET
    assert timedelta(0) < turn.wait <= timedelta(days=1)


def test_retry_after_silences_every_lane(slots: str) -> None:
    slow_down(SITE, silent=timedelta(seconds=40))
    for lane in Lane:
        turn = ask(FAST, lane, lane.value)
        assert turn.why is Why.PAUSED
        assert turn.wait_ms > 39_000


def test_too_many_halves_the_rate_for_ten_minutes(slots: str) -> None:
    slow_down(SITE, silent=timedelta(0))
    assert ask(SLOW).granted
    assert 5_000 < ask(SLOW, asker="2").wait_ms <= 6_000
    with redis.Redis.from_url(slots) as client:
        left = client.ttl(f"{counted.PREFIX}:{{{SITE}}}:slowed")
        assert SLOWED_S - 5 < int(left) <= SLOWED_S


def test_redis_gone_means_nobody_asks(
    slots: str, redis_server: Redis, settings: LazySettings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    began = clock.monotonic()
    turn = ask(FAST)
    assert (turn.granted, turn.why) == (False, Why.UNKNOWN)
    slow_down(SITE, silent=timedelta(seconds=1))
    end_call(SITE, asker="1")
    assert clock.monotonic() - began < 2


def test_redis_frozen_means_nobody_asks_and_nobody_waits(slots: str, redis_server: Redis) -> None:
    server = redis_server.running()
    assert server is not None
    server.suspend()
    try:
        began = clock.monotonic()
        assert ask(FAST).why is Why.UNKNOWN
        assert clock.monotonic() - began < 2
    finally:
        server.resume()
    # The question nobody waited for may have taken a slot: it goes unused, the next is free.
    clock.sleep(0.1)
    assert ask(FAST).granted


def test_keys_carry_the_prefix_end_by_themselves_and_hold_no_imei(slots: str) -> None:
    ask(SLOW)
    ask(SLOW, Lane.RECHECK, "2")
    slow_down(SITE, silent=timedelta(seconds=5))
    with redis.Redis.from_url(slots) as client:
        keys = list(client.scan_iter())
        assert keys
        for key in keys:
            assert key.decode().startswith("shop:pace:")
            assert int(client.ttl(key)) > 0
