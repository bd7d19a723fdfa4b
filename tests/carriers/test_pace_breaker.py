"""The breaker: opens on repeated failure, tries by itself, and obeys a person."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.pace.breaker import (
    DIFFERENT,
    EXCESS,
    FIRST_OPEN,
    IN_A_ROW,
    LONGEST_OPEN,
    Breaker,
    Cause,
    State,
    after_answer,
    after_failure,
    after_waiting,
    closed,
    closed_by_hand,
    opened_by_hand,
    with_probe,
)

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def fail(breaker: Breaker, times: int = 1, *, phones: int = 9, now: datetime = NOW) -> Breaker:
    for number in range(times):
        phone = f"phone-{number % phones}"
        breaker, _ = after_failure(breaker, lookup=number, phone=phone, now=now)
    return breaker


def opened() -> Breaker:
    return fail(closed(NOW), IN_A_ROW)


def half_open() -> Breaker:
    breaker, cause = after_waiting(opened(), now=NOW + FIRST_OPEN)
    assert cause is Cause.WAITED
    return breaker


def test_failures_in_a_row_open_it() -> None:
    almost = fail(closed(NOW), IN_A_ROW - 1)
    assert almost.state is State.CLOSED
    breaker, cause = after_failure(almost, lookup=9, phone="phone-8", now=NOW)
    assert (breaker.state, cause) == (State.OPEN, Cause.IN_A_ROW)
    assert breaker.until == NOW + FIRST_OPEN


@pytest.mark.parametrize("phones", range(1, DIFFERENT))
def test_a_strange_phone_or_two_never_open_it(phones: int) -> None:
    assert fail(closed(NOW), 100, phones=phones).state is State.CLOSED


def test_an_answer_in_between_begins_the_row_anew() -> None:
    breaker = fail(closed(NOW), IN_A_ROW - 1)
    breaker, cause = after_answer(breaker, lookup=1, now=NOW)
    assert (cause, breaker.in_a_row) == (None, 0)
    assert fail(breaker, IN_A_ROW - 1).state is State.CLOSED


def test_a_network_that_mostly_fails_opens_it_too() -> None:
    """Three of four fail, never five in a row."""
    breaker, rounds, cause = closed(NOW), 0, None
    while breaker.state is State.CLOSED and rounds < 20:
        for number in range(3):
            if breaker.state is State.CLOSED:
                breaker, cause = after_failure(
                    breaker, lookup=number, phone=f"{rounds}-{number}", now=NOW
                )
        breaker, _ = after_answer(breaker, lookup=3, now=NOW)
        rounds += 1
    assert (breaker.state, cause) == (State.OPEN, Cause.MOSTLY)
    assert rounds <= EXCESS


def test_a_network_that_mostly_answers_never_opens_it() -> None:
    breaker = closed(NOW)
    for number in range(400):
        breaker, _ = after_failure(breaker, lookup=number, phone=str(number), now=NOW)
        breaker, _ = after_answer(breaker, lookup=number, now=NOW)
        assert breaker.state is State.CLOSED


def test_it_half_opens_by_itself_and_not_before() -> None:
    early, cause = after_waiting(opened(), now=NOW + FIRST_OPEN - timedelta(seconds=1))
    assert (early.state, cause) == (State.OPEN, None)
    assert half_open().state is State.HALF_OPEN


def test_half_open_lets_one_question_through() -> None:
    first = with_probe(half_open(), lookup=7, until=NOW + LEASE)
    assert first is not None
    assert with_probe(first, lookup=8, until=NOW + LEASE) is None
    assert with_probe(first, lookup=7, until=NOW + LEASE) is not None  # a second delivery
    lost, cause = after_waiting(first, now=NOW + LEASE)
    assert (lost.state, lost.probe, cause) == (State.HALF_OPEN, None, None)
    assert with_probe(lost, lookup=8, until=NOW + LEASE) is not None


@pytest.mark.parametrize("breaker", [closed(NOW), opened()])
def test_only_a_half_open_one_has_a_deciding_question(breaker: Breaker) -> None:
    assert with_probe(breaker, lookup=7, until=NOW + LEASE) is None


def test_the_deciding_question_closes_or_opens_it() -> None:
    trying = with_probe(half_open(), lookup=7, until=NOW + LEASE)
    assert trying is not None
    assert after_answer(trying, lookup=7, now=NOW) == (closed(NOW), Cause.PROBE_ANSWERED)
    again, cause = after_failure(trying, lookup=7, phone="x", now=NOW)
    assert (again.state, cause) == (State.OPEN, Cause.PROBE_FAILED)
    assert again.until == NOW + 2 * FIRST_OPEN


def test_answers_to_older_questions_change_nothing_once_it_is_open() -> None:
    for breaker in (opened(), half_open()):
        assert after_answer(breaker, lookup=99, now=NOW) == (breaker, None)
        assert after_failure(breaker, lookup=99, phone="x", now=NOW) == (breaker, None)


def test_it_waits_longer_each_time_up_to_an_hour() -> None:
    breaker, now, waits = opened(), NOW, []
    for _ in range(9):
        assert breaker.until is not None
        waits.append(breaker.until - now)
        now = breaker.until
        breaker, _cause = after_waiting(breaker, now=now)
        trying = with_probe(breaker, lookup=1, until=now + LEASE)
        assert trying is not None
        breaker, _cause = after_failure(trying, lookup=1, phone="x", now=now)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (FIRST_OPEN, LONGEST_OPEN)


def test_a_person_opens_it_until_a_person_closes_it() -> None:
    breaker, cause = opened_by_hand(closed(NOW), now=NOW)
    assert (breaker.state, breaker.until, cause) == (State.OPEN, None, Cause.OPENED_BY_HAND)
    assert after_waiting(breaker, now=NOW + timedelta(days=30)) == (breaker, None)
    assert closed_by_hand(breaker, now=NOW) == (closed(NOW), Cause.CLOSED_BY_HAND)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["answer", "failure", "wait", "probe", "open", "close"]),
        st.integers(1, 6),
        st.integers(0, 4000),
    ),
    max_size=60,
)


@given(acts=ACTS)
def test_whatever_happens_it_stays_in_order(acts: list[tuple[str, int, int]]) -> None:
    """A state change has a cause, a cause a change; an open one asks nothing; time half-opens."""
    breaker, now = closed(NOW), NOW
    for act, number, seconds in acts:
        now += timedelta(seconds=seconds)
        before = breaker
        cause: Cause | None = None
        if act == "answer":
            breaker, cause = after_answer(before, lookup=number, now=now)
        elif act == "failure":
            breaker, cause = after_failure(before, lookup=number, phone=str(number), now=now)
        elif act == "wait":
            breaker, cause = after_waiting(before, now=now)
        elif act == "open":
            breaker, cause = opened_by_hand(before, now=now)
        elif act == "close":
            breaker, cause = closed_by_hand(before, now=now)
        else:
            breaker = with_probe(before, lookup=number, until=now + LEASE) or before
        by_hand = cause in {Cause.OPENED_BY_HAND, Cause.CLOSED_BY_HAND}
        assert by_hand or (breaker.state is not before.state) == (cause is not None)
        assert len(breaker.failing) <= DIFFERENT
        assert breaker.in_a_row < IN_A_ROW or len(breaker.failing) < DIFFERENT
        if breaker.state is State.OPEN and breaker.until is not None:
            assert breaker.until - breaker.since <= LONGEST_OPEN
            assert after_waiting(breaker, now=breaker.until)[0].state is State.HALF_OPEN
        if breaker.state is State.CLOSED:
            assert (breaker.probe, breaker.until) == (None, None)
