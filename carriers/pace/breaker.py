"""The breaker of one network as a pure state machine: when it opens, for how long, and closes.

Values in, values out: no clock, no database. What an open breaker means for lookups is decided in
`carriers.checks`; who may trip it, in the pages.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

IN_A_ROW = 5
"""Failures one after the other that open it …"""
EXCESS = 10
"""… or so many more failures than answers: more than half fail, though not one after the other."""
DIFFERENT = 3
"""Either must come from so many different phones: one strange phone says nothing of a network."""
FIRST_OPEN = timedelta(minutes=2)
"""How long it stays open the first time; twice as long after each try that failed."""
LONGEST_OPEN = timedelta(hours=1)


class State(StrEnum):
    """CLOSED: ask. OPEN: do not. HALF_OPEN: one question decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Cause(StrEnum):
    """Why a breaker changed."""

    IN_A_ROW = "in-a-row"
    MOSTLY = "mostly-failing"
    WAITED = "waited"
    PROBE_FAILED = "probe-failed"
    PROBE_ANSWERED = "probe-answered"
    OPENED_BY_HAND = "opened-by-hand"
    CLOSED_BY_HAND = "closed-by-hand"


@dataclass(frozen=True, slots=True)
class Breaker:
    """Where it stands.

    `until`: an open one half-opens by itself then (None: a person opened it and closes it); of a
    half-open one, when its question `probe` (a lookup id) counts as lost. `in_a_row` and `excess`
    count failures while closed, `failing` the phones they were about (at most `DIFFERENT`, as
    opaque words), `openings` how often it opened without closing in between.
    """

    state: State
    since: datetime
    until: datetime | None = None
    in_a_row: int = 0
    excess: int = 0
    failing: tuple[str, ...] = ()
    openings: int = 0
    probe: int | None = None


Step = tuple[Breaker, Cause | None]
"""The breaker afterwards, and why its state changed (None: it did not)."""


def closed(now: datetime) -> Breaker:
    """Return a breaker that has seen nothing."""
    return Breaker(State.CLOSED, now)


def after_answer(breaker: Breaker, *, lookup: int, now: datetime) -> Step:
    """Return what an answer of the network makes of it: the try's answer closes a half-open one.

    An answer to a question put before it opened changes nothing.
    """
    if breaker.state is State.CLOSED:
        calm = max(0, breaker.excess - 1)
        return replace(breaker, in_a_row=0, excess=calm, failing=_kept(breaker, calm)), None
    if breaker.state is State.HALF_OPEN and breaker.probe == lookup:
        return closed(now), Cause.PROBE_ANSWERED
    return breaker, None


def after_failure(breaker: Breaker, *, lookup: int, phone: str, now: datetime) -> Step:
    """Return what a failure (no answer, or an unreadable one) about `phone` makes of it."""
    if breaker.state is State.HALF_OPEN and breaker.probe == lookup:
        return _opened(breaker, now), Cause.PROBE_FAILED
    if breaker.state is not State.CLOSED:
        return breaker, None
    phones = tuple(dict.fromkeys((*breaker.failing, phone)))[:DIFFERENT]
    worse = replace(
        breaker, in_a_row=breaker.in_a_row + 1, excess=breaker.excess + 1, failing=phones
    )
    if len(phones) < DIFFERENT:
        return worse, None
    if worse.in_a_row >= IN_A_ROW:
        return _opened(worse, now), Cause.IN_A_ROW
    if worse.excess >= EXCESS:
        return _opened(worse, now), Cause.MOSTLY
    return worse, None


def after_waiting(breaker: Breaker, *, now: datetime) -> Step:
    """Return it half-open when its time is over; a half-open one loses a question that is late."""
    if breaker.until is None or now < breaker.until:
        return breaker, None
    if breaker.state is State.OPEN:
        return replace(breaker, state=State.HALF_OPEN, since=now, until=None, probe=None), (
            Cause.WAITED
        )
    return replace(breaker, until=None, probe=None), None


def with_probe(breaker: Breaker, *, lookup: int, until: datetime) -> Breaker | None:
    """Return it with `lookup` as the one question that decides; None where none may be asked."""
    if breaker.state is not State.HALF_OPEN or breaker.probe not in (None, lookup):
        return None
    return replace(breaker, probe=lookup, until=until)


def opened_by_hand(breaker: Breaker, *, now: datetime) -> Step:
    """Return it open until a person closes it."""
    by_hand = Breaker(State.OPEN, now, openings=breaker.openings)
    return by_hand, Cause.OPENED_BY_HAND


def closed_by_hand(breaker: Breaker, *, now: datetime) -> Step:
    """Return it closed, with nothing counted."""
    return closed(now), Cause.CLOSED_BY_HAND


def _opened(breaker: Breaker, now: datetime) -> Breaker:
    lasts = min(FIRST_OPEN * 2**breaker.openings, LONGEST_OPEN)
    return Breaker(State.OPEN, now, now + lasts, openings=min(breaker.openings + 1, 10))


def _kept(breaker: Breaker, excess: int) -> tuple[str, ...]:
    return breaker.failing if excess else ()
