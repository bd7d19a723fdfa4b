"""The board of the counter: today's deals by state, and what earlier days left running.

Reads only, in four queries however many deals there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from buyback.counter import wording
from buyback.deals.models import Deal, DealQuerySet, Item
from buyback.deals.policy import ENDED, DealState
from buyback.deals.queries import IS_HELD
from shop.people.models import Store

EARLIER_SHOWN = 50
"""How many deals of earlier days are listed, the oldest first."""

LATE_AFTER = timedelta(minutes=30)
"""From then on a running deal's waiting time is shown as late."""

COLUMNS = (
    DealState.OPEN,
    DealState.OFFERED,
    DealState.ACCEPTED,
    DealState.SIGNED,
    DealState.CONCLUDED,
)
"""The running states, each a column, in the order of a deal's life."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One deal on the board."""

    code: str
    queue_number: int
    seller: str
    """Family and given name, or empty while nobody asked."""
    devices: tuple[str, ...]
    state_label: str
    waiting: str
    """Since the seller came; empty once the deal has ended."""
    in_state: str
    is_late: bool
    is_held: bool
    day: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """Today's deals in one running state."""

    state: DealState
    label: str
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows."""

    columns: tuple[Column, ...]
    finished: tuple[Ticket, ...]
    """Today's deals in which nothing is left to do, the newest first."""
    earlier: tuple[Ticket, ...]
    more_earlier: bool
    count: int


def board_of(store: Store, *, now: datetime) -> Board:
    """Return the board of `store` at `now`: today's deals and those still running from before."""
    today = timezone.localdate(now)
    deals = with_what_is_shown(Deal.objects.of_store(store))
    of_today = list(deals.filter(business_date=today).order_by("queue_number"))
    running = deals.running().filter(business_date__lt=today)
    earlier = list(running.order_by("business_date", "queue_number")[: EARLIER_SHOWN + 1])
    columns = tuple(
        Column(
            state=state,
            label=wording.state_label(state),
            tickets=tickets_of((deal for deal in of_today if deal.state == state), now=now),
        )
        for state in COLUMNS
    )
    return Board(
        columns=columns,
        finished=tickets_of((d for d in reversed(of_today) if d.state in ENDED), now=now),
        earlier=tickets_of(earlier[:EARLIER_SHOWN], now=now),
        more_earlier=len(earlier) > EARLIER_SHOWN,
        count=len(of_today),
    )


def with_what_is_shown(deals: DealQuerySet) -> DealQuerySet:
    """Return the deals with seller, items with models, and whether they are on hold."""
    items = Item.objects.select_related("variant__model").order_by("position")
    return (
        deals.select_related("seller")
        .prefetch_related(Prefetch("items", queryset=items))
        .annotate(is_held=IS_HELD)
    )


def tickets_of(deals: Iterable[Deal], *, now: datetime) -> tuple[Ticket, ...]:
    """Return deals loaded by this module as tickets."""
    return tuple(_ticket(deal, now) for deal in deals)


def _ticket(deal: Deal, now: datetime) -> Ticket:
    state = DealState(deal.state)
    is_running = state not in ENDED
    return Ticket(
        code=deal.code,
        queue_number=deal.queue_number,
        seller=str(deal.seller) if deal.seller else "",
        devices=tuple(wording.device_name(item) for item in deal.items.all()),
        state_label=wording.state_label(state),
        waiting=wording.duration(now - deal.opened_at) if is_running else "",
        in_state=wording.duration(now - deal.state_since),
        is_late=is_running and now - deal.state_since >= LATE_AFTER,
        is_held=bool(getattr(deal, "is_held", False)),
        day=deal.opened_at,
    )
