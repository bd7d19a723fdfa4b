"""What the intake pages show besides forms: where an IMEI is known, and what a stale page missed.

Reads only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from buyback.counter import wording
from buyback.deals.models import Item
from buyback.deals.policy import ITEM_ACTIVE, ItemState
from buyback.deals.queries import ImeiPlaces, PastDeal, where_are
from buyback.deals.wording import ITEM_STATES
from carriers.imei import Imei
from shop.people.models import Store

COMPARED = ("variant", "colour", "imei2", "serial")


@dataclass(frozen=True, slots=True)
class KnownImei:
    """One IMEI (15 digits) and where it is known."""

    imei: str
    places: ImeiPlaces


@dataclass(frozen=True, slots=True)
class Difference:
    """One particular of an item as the person typed it and as it is saved now."""

    label: str
    typed: str
    saved: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device of a deal on the intake page."""

    item: Item
    state_label: str
    is_active: bool
    imei1: str
    """Printed 2-6-6-1 with spaces, as on boxes."""
    imei2: str
    past: tuple[PastDeal, ...]
    """Earlier dealings of this store with the same IMEI."""


def device_lines(
    items: Iterable[Item], *, past: Mapping[int, tuple[PastDeal, ...]]
) -> tuple[DeviceLine, ...]:
    """Return the devices with the label of their state and their `past`, by item id."""
    return tuple(
        DeviceLine(
            item=item,
            state_label=str(ITEM_STATES[ItemState(item.state)]),
            is_active=item.state in ITEM_ACTIVE,
            imei1=_grouped(item.imei1),
            imei2=_grouped(item.imei2),
            past=past.get(item.pk, ()),
        )
        for item in items
    )


def _grouped(digits: str) -> str:
    return Imei(digits).grouped.replace("-", " ") if digits else ""


def known(
    imeis: Iterable[str], *, store: Store, besides: Iterable[Item] = ()
) -> tuple[KnownImei, ...]:
    """Return those of `imeis` that this or another store knows already. Two queries.

    `besides` are items that do not count: those the page is about.
    """
    asked = [imei for imei in dict.fromkeys(imeis) if imei]
    if not asked:
        return ()
    places = where_are(asked, store=store, besides_items=[item.pk for item in besides])
    return tuple(
        KnownImei(imei, places[imei])
        for imei in asked
        if places[imei].is_taken or places[imei].past
    )


def differences(item: Item, typed: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return what somebody else saved in between that differs from what was typed.

    `typed` has the keys of `COMPARED`; `variant` is the number of a variant or None.
    """
    found = []
    for name in COMPARED:
        mine, saved = typed.get(name), getattr(item, f"{name}_id" if name == "variant" else name)
        if (mine or None) != (saved or None):
            now = wording.device_name(item) if name == "variant" else str(saved or "–")
            found.append(Difference(str(wording.FIELDS[name]), str(mine or "–"), now))
    return tuple(found)
