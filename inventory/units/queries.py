"""Reading stock: the list, and one unit with its life, its words and its ledger lines."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import QuerySet

from inventory.ledger.queries import FormRow, form_rows, receipts_of_unit
from inventory.units.models import Unit, UnitEvent
from inventory.units.policy import Channel, Disposition, Grade, UnitAction, UnitState
from inventory.units.wording import ACTION, CHANNEL, DISPOSITION, GRADE, STATE
from shop.keyset import Page, page_of
from shop.people.models import Store

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

PAGE_UNITS = 50
COUNTED_TO = 10_000
"""A filter says “10,000+” from there on: nobody needs the figure, and counting costs time."""


COUNT_STATES = """
    SELECT state, (SELECT count(*) FROM (
        SELECT FROM inventory_unit u
        WHERE u.store_id = %s AND u.state = one.state LIMIT %s
    ) found)
    FROM unnest(%s::varchar[]) AS one(state)
"""


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
    is_capped: bool
    """There are `COUNTED_TO` of them or more."""


@dataclass(frozen=True, slots=True)
class StockPage:
    """A page of units, newest first, with cursors, and the filters that hold anything.

    `total` is None where a state was not counted to its end.
    """

    lines: tuple[UnitLine, ...]
    older: str | None
    newer: str | None
    tabs: tuple[Tab, ...]
    state: UnitState | None
    total: int | None


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
    tabs = _tabs(store)
    found = of_store(store) if state is None else of_store(store).filter(state=state)
    page: Page[Unit] = page_of(
        found, field="acquired_at", size=PAGE_UNITS, before=before, after=after
    )
    return StockPage(
        lines=tuple(_line(unit) for unit in page.rows),
        older=page.older,
        newer=page.newer,
        tabs=tabs,
        state=state,
        total=None if any(tab.is_capped for tab in tabs) else sum(tab.count for tab in tabs),
    )


def _tabs(store: Store) -> tuple[Tab, ...]:
    """Return the states that hold units, each counted to `COUNTED_TO` along its index."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_STATES, [store.pk, COUNTED_TO, [state.value for state in UnitState]])
        counts = {UnitState(state): int(count) for state, count in cursor.fetchall()}
    return tuple(
        Tab(state, STATE[state], counts[state], counts[state] >= COUNTED_TO)
        for state in UnitState
        if counts[state]
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
