"""The manners towards a network: quiet hours, budgets, “later”, who waits and who hands over."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.checks.policy import Lane
from carriers.pace.policy import (
    GO,
    JST,
    MAX_RETRY_AFTER_S,
    OWN_SITE,
    STAND_IN,
    Pace,
    Turn,
    Why,
    budget_of,
    hands_over,
    is_urgent,
    quiet_wait,
    retry_after_s,
    worst_second,
)

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 14:00 in Japan
NIGHT = Pace(1000, None, time(22), time(8))
NOON = Pace(1000, None, time(12), time(13))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=JST)


def test_a_person_waits_in_the_counters_and_the_deals_lane_only() -> None:
    assert [lane for lane in Lane if is_urgent(lane.rank)] == [Lane.COUNTER, Lane.DEAL]


@pytest.mark.parametrize(
    ("pace", "now", "hours"),
    [
        (NIGHT, at(21, 59), 0),
        (NIGHT, at(22), 10),
        (NIGHT, at(23), 9),
        (NIGHT, at(0), 8),
        (NIGHT, at(7), 1),
        (NIGHT, at(8), 0),
        (NOON, at(11, 59), 0),
        (NOON, at(12), 1),
        (NOON, at(13), 0),
        (STAND_IN, at(3), 0),
    ],
)
def test_nothing_asks_by_itself_in_quiet_hours(pace: Pace, now: datetime, hours: int) -> None:
    turn = quiet_wait(pace, rank=Lane.RECHECK.rank, now=now)
    assert turn.wait == timedelta(hours=hours)
    assert turn.why == (Why.QUIET if hours else None)


@pytest.mark.parametrize("lane", [Lane.COUNTER, Lane.DEAL])
def test_quiet_hours_are_never_for_the_counter(lane: Lane) -> None:
    assert quiet_wait(NIGHT, rank=lane.rank, now=at(23)) == GO


@given(
    start=st.times(),
    end=st.times(),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001  # given UTC below
)
def test_after_the_wait_the_quiet_hours_are_over(start: time, end: time, now: datetime) -> None:
    moment = now.replace(tzinfo=UTC)
    pace = Pace(1000, None, start, end)
    turn = quiet_wait(pace, rank=4, now=moment)
    assert turn.wait <= timedelta(days=1)
    later = moment + turn.wait + timedelta(milliseconds=1)
    assert turn.granted or quiet_wait(pace, rank=4, now=later).granted or start == end


def test_the_last_part_of_a_days_budget_is_the_counters() -> None:
    pace = Pace(1000, 100, time(0), time(0))
    assert [budget_of(pace, rank=lane.rank) for lane in Lane] == [100, 100, 80, 80, 80]
    assert budget_of(STAND_IN, rank=4) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        (" 120 ", 120),
        ("Mon, 23 Nov 2026 05:10:00 GMT", 600),
        ("Mon, 23 Nov 2026 04:00:00 GMT", 0),
        ("Sun, 23 Nov 2036 04:00:00 GMT", MAX_RETRY_AFTER_S),
        ("99999999999999999999", MAX_RETRY_AFTER_S),
        ("-5", 0),
        ("soon", 0),
        ("３０", 0),
        ("", 0),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: int) -> None:
    assert retry_after_s(header, now=NOW) == seconds


@given(header=st.text(max_size=60))
def test_no_header_is_too_strange(header: str) -> None:
    assert 0 <= retry_after_s(header, now=NOW) <= MAX_RETRY_AFTER_S


def test_a_person_answers_where_the_wait_is_long_and_somebody_waits() -> None:
    long, short = Turn(3_600_000, Why.BUDGET), Turn(3_000, Why.RATE)
    assert hands_over(long, rank=Lane.COUNTER.rank)
    assert not hands_over(short, rank=Lane.COUNTER.rank)
    assert not hands_over(long, rank=Lane.RECHECK.rank)


def test_without_redis_nothing_is_handed_over_by_itself() -> None:
    assert not hands_over(Turn(3_600_000, Why.UNKNOWN), rank=Lane.COUNTER.rank)


def test_until_an_owner_says_otherwise_a_network_is_asked_seconds_apart() -> None:
    assert OWN_SITE.interval_ms >= 1_000
    assert OWN_SITE.daily_budget is not None
    assert STAND_IN.interval_ms * 10 <= 1_000  # two IMEIs at five networks: within a second


@pytest.mark.parametrize(
    ("moments", "worst"),
    [([], 0), ([5], 1), ([0, 999], 2), ([0, 1000], 1), ([0, 500, 999, 1000, 1499, 1500], 4)],
)
def test_the_worst_second_slides(moments: list[int], worst: int) -> None:
    assert worst_second(moments) == worst
