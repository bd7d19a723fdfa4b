"""Where an IMEI stands today, which hold is open, and how deals are found.

Reads only. Another store's deals and units are told of without any name, code or day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects

from buyback.deals.models import Deal, Hold, Item
from buyback.deals.policy import ITEM_ACTIVE, ItemState
from buyback.deals.wording import ITEM_STATES
from inventory.units.models import Unit
from inventory.units.policy import IN_HAND
from shop.people.models import Store
from shop.problems import Blocker, Problem

PAST_SHOWN = 5
"""How many past dealings with one IMEI are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class PastDeal:
    """One earlier dealing of this store with the same IMEI."""

    code: str
    outcome: ItemState
    at: datetime

    @property
    def label(self) -> str:
        """What became of the device, in the active language."""
        return str(ITEM_STATES[self.outcome])


@dataclass(frozen=True, slots=True)
class ImeiPlaces:
    """Where one IMEI is known: here with names, in other stores as yes or no only."""

    active_here: Item | None = None
    """An item still being dealt with in this store (`.deal` loaded)."""
    active_elsewhere: bool = False
    unit_here: Unit | None = None
    unit_elsewhere: bool = False
    past: tuple[PastDeal, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Tell whether a new item with this IMEI would be refused."""
        return bool(
            self.active_here or self.active_elsewhere or self.unit_here or self.unit_elsewhere
        )


def where_is(imei: str, *, store: Store, besides_item: int = 0) -> ImeiPlaces:
    """Return where the IMEI `imei` (15 digits, either slot) is known, seen from `store`.

    `besides_item` leaves one item out: the one that is being edited. Two queries.
    """
    return where_are([imei], store=store, besides_items=[besides_item])[imei]


def where_are(
    imeis: Collection[str], *, store: Store, besides_items: Collection[int] = ()
) -> dict[str, ImeiPlaces]:
    """Return `where_is` of many IMEIs at once, in two queries."""
    either = Q(imei1__in=imeis) | Q(imei2__in=imeis)
    items = list(
        Item.objects.filter(either)
        .exclude(pk__in=besides_items)
        .select_related("deal")
        .order_by("-deal__opened_at", "-pk")
    )
    units = list(Unit.objects.filter(either, state__in=[s.value for s in IN_HAND]))
    return {
        imei: _places(
            [item for item in items if imei in (item.imei1, item.imei2)],
            [unit for unit in units if imei in (unit.imei1, unit.imei2)],
            store,
        )
        for imei in imeis
    }


def _places(items: list[Item], units: list[Unit], store: Store) -> ImeiPlaces:
    active = [item for item in items if item.state in ITEM_ACTIVE]
    past = [
        PastDeal(item.deal.code, ItemState(item.state), item.deal.opened_at)
        for item in items
        if item.deal.store_id == store.pk and item.state not in ITEM_ACTIVE
    ]
    return ImeiPlaces(
        active_here=next((i for i in active if i.deal.store_id == store.pk), None),
        active_elsewhere=any(i.deal.store_id != store.pk for i in active),
        unit_here=next((u for u in units if u.store_id == store.pk), None),
        unit_elsewhere=any(u.store_id != store.pk for u in units),
        past=tuple(past[:PAST_SHOWN]),
    )


def earlier_deals(items: Collection[Item]) -> dict[int, tuple[PastDeal, ...]]:
    """Return, by item id, what the store of `items` (one deal's) dealt with the same IMEIs before.

    One query for all.
    """
    imeis = {imei for item in items for imei in (item.imei1, item.imei2) if imei}
    rows = (
        Item.objects.filter(Q(imei1__in=imeis) | Q(imei2__in=imeis))
        .filter(deal__store__in={item.deal.store_id for item in items})
        .exclude(pk__in=[item.pk for item in items])
        .exclude(state__in=[state.value for state in ITEM_ACTIVE])
        .select_related("deal")
        .order_by("-deal__opened_at", "-pk")
    )
    found = list(rows) if imeis else []
    return {
        item.pk: tuple(
            PastDeal(one.deal.code, ItemState(one.state), one.deal.opened_at)
            for one in found
            if {one.imei1, one.imei2} & ({item.imei1, item.imei2} - {""})
        )[:PAST_SHOWN]
        for item in items
    }


IS_HELD = Exists(Hold.objects.filter(deal=OuterRef("pk"), lifted_at=None))
"""For `Deal.objects.annotate(is_held=IS_HELD)`: whether somebody holds the deal back."""

HOLDS = Prefetch("holds", queryset=Hold.objects.select_related("placed_by"))


def open_hold(deal: Deal) -> Hold | None:
    """Return the hold that stops the deal now, with the person who placed it, or None.

    One query; none where this deal object has its holds already, or was loaded with `is_held`.
    """
    if getattr(deal, "is_held", None) is False:
        return None
    prefetch_related_objects([deal], HOLDS)
    return next((hold for hold in deal.holds.all() if hold.lifted_at is None), None)


def hold_problems(deal: Deal) -> tuple[Problem, ...]:
    """Return the blocker `on-hold` (param `reason`) while somebody holds the deal back."""
    hold = open_hold(deal)
    return (Blocker("on-hold", {"reason": hold.reason}),) if hold else ()
