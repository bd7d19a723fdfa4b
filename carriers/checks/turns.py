"""May this lookup be asked now? The breaker, the hours, the slot: in this order, before any claim.

Joins the lookup with `carriers.pace`, which knows no lookups. A lookup that is refused keeps its
row as it is, a later time apart: no lease, no try, no attempt.
"""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from carriers.checks import records
from carriers.checks.client import Reply
from carriers.checks.models import Lookup
from carriers.checks.policy import LEASE_S, GiveUp, Lane, Retry
from carriers.networks.answer import Failure
from carriers.pace import records as breakers
from carriers.pace.breaker import Breaker, State
from carriers.pace.policy import (
    LONGEST_WAIT_S,
    TOO_BUSY,
    Turn,
    Why,
    hands_over,
    is_urgent,
    quiet_wait,
    retry_after_s,
)
from carriers.pace.queries import pace_of
from carriers.pace.slots import end_call, site_of, slow_down, take_slot

ATTENDED = frozenset({Lane.COUNTER, Lane.DEAL, Lane.LISTING})
"""Lanes behind which somebody stands: what no machine may ask there, a person answers. A re-check
or a visitor's question waits until the network may be asked again."""
TRYING_S = 3
"""Seconds between two looks at a breaker whose one question is under way."""
MOMENT = timedelta(milliseconds=250)
ROUNDS = 4
"""So long, and so often, a worker's thread waits for a slot itself: a second in all."""
PAUSE = threading.Event()
"""Never set: waiting on it is a pause."""
COUNTS_AGAINST = frozenset({Failure.UNAVAILABLE, Failure.UNREADABLE})
"""A refused IMEI is an answer: the network works."""
BREAKER = "breaker"


@dataclass(frozen=True, slots=True)
class ByHand:
    """No machine asks: a person answers. `why` as in `records.hand_over`."""

    why: str


def next_turn(lookup: Lookup, *, stand_in: bool) -> Turn | ByHand:
    """Return `turn_of`, after waiting here where a person waits and it is a matter of moments.

    A message that wakes comes up to a second late; a slot at a quick site is sooner free than that.
    """
    for _round in range(ROUNDS):
        turn = turn_of(lookup, stand_in=stand_in, now=timezone.now())
        if isinstance(turn, ByHand) or turn.granted or turn.wait > MOMENT:
            return turn
        if not is_urgent(Lane(lookup.lane).rank):
            return turn
        PAUSE.wait(turn.wait.total_seconds())
    return turn


def turn_of(lookup: Lookup, *, stand_in: bool, now: datetime) -> Turn | ByHand:
    """Return whether `lookup` may be asked now, is to wait, or goes to a person.

    A granted turn is to be used at once: slots are counted when they are taken.
    """
    lane = Lane(lookup.lane)
    breaker = breakers.settle(lookup.network, now=now)
    if refused := _refused_by(breaker, lookup, lane, now=now):
        return refused
    pace = pace_of(lookup.network, stand_in=stand_in, now=now)
    turn = quiet_wait(pace, rank=lane.rank, now=now)
    if turn.granted:
        turn = take_slot(
            site_of(lookup.network, stand_in=stand_in),
            pace,
            rank=lane.rank,
            asker=str(lookup.pk),
            call=timedelta(seconds=LEASE_S),
        )
    if hands_over(turn, rank=lane.rank) and turn.why is not None:
        return ByHand(turn.why.value)
    if turn.granted and breaker.state is State.HALF_OPEN:
        until = now + timedelta(seconds=LEASE_S)
        if not breakers.take_probe(lookup.network, lookup=lookup.pk, until=until, now=now):
            return Turn(TRYING_S * 1000, Why.BREAKER)
    return turn


def after_reply(
    lookup: Lookup, reply: Reply, after: Retry | GiveUp | None, *, stand_in: bool, now: datetime
) -> Retry | GiveUp | None:
    """Heed what the site said about being asked: the slots slow down, a next try waits for it."""
    site = site_of(lookup.network, stand_in=stand_in)
    if not is_urgent(Lane(lookup.lane).rank):
        end_call(site, asker=str(lookup.pk))
    if reply.http_status not in TOO_BUSY:
        return after
    silent = retry_after_s(reply.retry_after, now=now)
    slow_down(site, silent=timedelta(seconds=silent))
    return Retry(max(after.delay_s, silent)) if isinstance(after, Retry) else after


def note_outcome(lookup: Lookup, failure: Failure | None, *, now: datetime) -> None:
    """Count how the question ended; where the breaker is open then, people answer what waits."""
    if failure in COUNTS_AGAINST:
        # One phone counts once, and the breaker needs no IMEI for that.
        phone = hashlib.sha256(lookup.imei.encode()).hexdigest()[:16]
        state = breakers.note_failure(lookup.network, lookup=lookup.pk, phone=phone, now=now)
    else:
        state = breakers.note_answer(lookup.network, lookup=lookup.pk, now=now)
    if state is State.OPEN:
        records.hand_over_waiting(lookup.network, lanes=ATTENDED, why=BREAKER, now=now)


def _refused_by(
    breaker: Breaker, lookup: Lookup, lane: Lane, *, now: datetime
) -> Turn | ByHand | None:
    if breaker.state is State.OPEN:
        if lane in ATTENDED:
            return ByHand(BREAKER)
        longest = timedelta(seconds=LONGEST_WAIT_S)
        left = min(breaker.until - now, longest) if breaker.until else longest
        return Turn(max(1000, left // timedelta(milliseconds=1)), Why.BREAKER)
    if breaker.state is State.HALF_OPEN and breaker.probe not in (None, lookup.pk):
        return Turn(TRYING_S * 1000, Why.BREAKER)
    return None
