"""Each network's pace and breaker as they hold at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from carriers.pace.breaker import State
from carriers.pace.models import BreakerEvent, NetworkBreaker, NetworkPace
from carriers.pace.policy import OWN_SITE, STAND_IN, Pace


@dataclass(frozen=True, slots=True)
class BreakerNow:
    """One network's breaker as people see it, with what changed it last.

    `until` is when an open one tries by itself (None: when a manager closes it). `cause` is empty
    for a breaker that never changed.
    """

    network: str
    state: State
    since: datetime | None
    until: datetime | None
    event: BreakerEvent | None

    @property
    def is_open(self) -> bool:
        """Say whether the network is not asked."""
        return self.state is State.OPEN


def pace_of(network: str, *, stand_in: bool, now: datetime) -> Pace:
    """Return how gently a network's site is asked at `now`: the newest row that has begun."""
    row = (
        NetworkPace.objects.filter(network=network, stand_in=stand_in, valid_from__lte=now)
        .order_by("-valid_from", "-pk")
        .first()
    )
    if row is None:
        return STAND_IN if stand_in else OWN_SITE
    return Pace(row.interval_ms, row.daily_budget, row.quiet_from, row.quiet_until)


def open_networks(*, now: datetime) -> frozenset[str]:
    """Return the networks that nobody asks by machine at `now`."""
    rows = NetworkBreaker.objects.filter(state=State.OPEN)
    return frozenset(row.network for row in rows if row.until is None or now < row.until)


def breakers(networks: Iterable[str], *, not_closed: bool = False) -> tuple[BreakerNow, ...]:
    """Return the breaker of each network, in the order given; with `not_closed` only such ones.

    Read from what happened last, which stands there in the same transaction (one query).
    """
    codes = list(networks)
    newest = (
        BreakerEvent.objects.filter(network__in=codes)
        .order_by("network", "-at", "-pk")
        .distinct("network")
        .select_related("by")
    )
    events = {event.network: event for event in newest}
    found = (_now(code, events.get(code)) for code in codes)
    return tuple(one for one in found if one.state is not State.CLOSED or not not_closed)


def breaker_history(network: str, *, limit: int = 50) -> tuple[BreakerEvent, ...]:
    """Return the last changes of a breaker, newest first."""
    rows = BreakerEvent.objects.filter(network=network).select_related("by")
    return tuple(rows.order_by("-at", "-pk")[:limit])


def _now(code: str, event: BreakerEvent | None) -> BreakerNow:
    if event is None:
        return BreakerNow(code, State.CLOSED, None, None, None)
    return BreakerNow(code, State(event.became), event.at, event.until, event)
