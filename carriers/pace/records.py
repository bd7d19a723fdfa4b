"""The short locked writes of a breaker: its row and its event in one transaction, always.

What follows what is decided in `breaker`; here only that two workers see one breaker, and that
every change is on record.
"""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from carriers.pace import breaker as rules
from carriers.pace.breaker import Breaker, Cause, State
from carriers.pace.models import BreakerEvent, NetworkBreaker

Change = Callable[[Breaker], rules.Step]


def note_answer(network: str, *, lookup: int, now: datetime) -> State:
    """Count an answer of the network; return where its breaker stands then.

    A breaker that has seen no failure is only read: the usual answer waits for no lock.
    """
    row = NetworkBreaker.objects.filter(network=network).first()
    if row is None or (row.state == State.CLOSED and not (row.in_a_row or row.excess)):
        return State.CLOSED
    return _change(network, lambda b: rules.after_answer(b, lookup=lookup, now=now), now=now).state


def note_failure(network: str, *, lookup: int, phone: str, now: datetime) -> State:
    """Count a failure about `phone` (an opaque word); return where the breaker stands then."""

    def failed(breaker: Breaker) -> rules.Step:
        return rules.after_failure(breaker, lookup=lookup, phone=phone, now=now)

    return _change(network, failed, now=now).state


def settle(network: str, *, now: datetime) -> Breaker:
    """Return the breaker as it stands at `now`, half-opened where its time is over."""
    row = NetworkBreaker.objects.filter(network=network).first()
    if row is None:
        return rules.closed(now)
    if row.until is None or now < row.until:
        return value_of(row)
    return _change(network, lambda b: rules.after_waiting(b, now=now), now=now)


def settle_all(*, now: datetime) -> None:
    """Half-open every breaker whose time is over, whether or not somebody asks."""
    due = NetworkBreaker.objects.filter(until__lte=now).order_by("network")
    for network in due.values_list("network", flat=True):
        settle(network, now=now)


@transaction.atomic
def take_probe(network: str, *, lookup: int, until: datetime, now: datetime) -> bool:
    """Make `lookup` the one question that decides over a half-open breaker; False: another is."""
    row = _locked(network, now=now)
    trying = rules.with_probe(value_of(row), lookup=lookup, until=until)
    if trying is not None:
        _write(row, trying)
    return trying is not None


def switch_by_hand(
    network: str, *, opened: bool, reason: str, actor: User, now: datetime
) -> Breaker:
    """Open or close a breaker for a person who says why."""

    def switched(breaker: Breaker) -> rules.Step:
        act = rules.opened_by_hand if opened else rules.closed_by_hand
        return act(breaker, now=now)

    return _change(network, switched, now=now, reason=reason, actor=actor)


def value_of(row: NetworkBreaker) -> Breaker:
    """Return a row as the value that `breaker` decides on."""
    return Breaker(
        state=State(row.state),
        since=row.since,
        until=row.until,
        in_a_row=row.in_a_row,
        excess=row.excess,
        failing=tuple(row.failing),
        openings=row.openings,
        probe=row.probe,
    )


@transaction.atomic
def _change(
    network: str, change: Change, *, now: datetime, reason: str = "", actor: User | None = None
) -> Breaker:
    row = _locked(network, now=now)
    before = value_of(row)
    after, cause = change(before)
    if after != before:
        _write(row, after)
    if cause is not None:
        _note(network, before, after, cause, now=now, reason=reason, actor=actor)
    return after


def _locked(network: str, *, now: datetime) -> NetworkBreaker:
    first = {"state": State.CLOSED, "since": now}
    NetworkBreaker.objects.get_or_create(network=network, defaults=first)
    return NetworkBreaker.objects.select_for_update(no_key=True).get(network=network)


def _write(row: NetworkBreaker, value: Breaker) -> None:
    row.state, row.since, row.until = value.state, value.since, value.until
    row.in_a_row, row.excess, row.openings = value.in_a_row, value.excess, value.openings
    row.failing, row.probe = list(value.failing), value.probe
    row.save()


def _note(
    network: str,
    before: Breaker,
    after: Breaker,
    cause: Cause,
    *,
    now: datetime,
    reason: str,
    actor: User | None,
) -> None:
    BreakerEvent.objects.create(
        network=network,
        at=now,
        was=before.state,
        became=after.state,
        cause=cause,
        until=after.until,
        reason=reason,
        by=actor,
    )
