"""Reading stock: the list, and one unit with its life, its words and its ledger lines."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from inventory.ledger.queries import FormRow, form_rows, receipts_of_unit
from inventory.units.models import Unit, UnitEvent
from inventory.units.policy import Channel, Disposition, Grade, UnitAction, UnitState
from inventory.units.wording import ACTION, CHANNEL, DISPOSITION, GRADE, STATE
from shop.keyset import Page, page_of
from shop.people.models import Store

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

PAGE_UNITS = 50


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit as the list shows it, with the words of its codes."""

    unit: Unit
    state: "Lazy"
    grade: "Lazy"
    disposition: "Lazy"
    channels: tuple["Lazy", ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter of the list: the state, its word, and how many units stand there."""

    state: UnitState
    label: "Lazy"
    count: int


@dataclass(frozen=True, slots=True)
class StockPage:
    """A page of units, newest first, with cursors, and the filters that hold anything."""

    lines: tuple[UnitLine, ...]
    older: str | None
    newer: str | None
    tabs: tuple[Tab, ...]
    state: UnitState | None
    total: int


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One event of a unit's life in words; `deal` is the code of the deal it came from."""

    at: datetime
    what: "Lazy"
    to_state: "Lazy"
    who: str
    deal: str


@dataclass(frozen=True, slots=True)
class UnitScreen:
    """One unit, its life and its lines in the ledger."""

    line: UnitLine
    life: tuple[LifeEvent, ...]
    ledger: tuple[FormRow, ...]


def _line(unit: Unit) -> UnitLine:
    return UnitLine(
        unit=unit,
        state=STATE[UnitState(unit.state)],
        grade=GRADE[Grade(unit.grade)],
        disposition=DISPOSITION[Disposition(unit.disposition)],
        channels=tuple(CHANNEL[Channel(channel)] for channel in unit.channels),
    )


def of_store(store: Store) -> QuerySet[Unit]:
    """Return the units of one store with what their names need."""
    return Unit.objects.filter(store=store).select_related("variant__model__maker")


def stock_page(
    store: Store, *, state: UnitState | None, before: str = "", after: str = ""
) -> StockPage:
    """Return one page of the store's units, newest first; two queries whatever the depth."""
    counted = Unit.objects.filter(store=store).values_list("state").annotate(Count("pk"))
    counts = dict(counted.order_by("state"))
    found = of_store(store) if state is None else of_store(store).filter(state=state)
    page: Page[Unit] = page_of(
        found, field="acquired_at", size=PAGE_UNITS, before=before, after=after
    )
    return StockPage(
        lines=tuple(_line(unit) for unit in page.rows),
        older=page.older,
        newer=page.newer,
        tabs=tuple(Tab(one, STATE[one], counts[one]) for one in UnitState if counts.get(one)),
        state=state,
        total=sum(counts.values()),
    )


def unit_screen(unit: Unit, *, with_ledger: bool) -> UnitScreen:
    """Return one unit with its life; with its ledger lines where the person may see the ledger."""
    events = UnitEvent.objects.filter(unit=unit).order_by("pk")
    return UnitScreen(
        line=_line(unit),
        life=tuple(_event(event) for event in events),
        ledger=tuple(form_rows(receipts_of_unit(unit.code))) if with_ledger else (),
    )


def _event(event: UnitEvent) -> LifeEvent:
    return LifeEvent(
        at=event.at,
        what=ACTION[UnitAction(event.action)],
        to_state=STATE[UnitState(event.to_state)],
        who=event.actor_name,
        deal=str(event.details.get("deal", "")),
    )
