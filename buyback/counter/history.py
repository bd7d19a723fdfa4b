"""The history of a deal as lines of text: who did what, when, and why.

Reads events only; which words an event has is in `buyback.deals.wording`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from buyback.counter.wording import change_line, reason_line
from buyback.deals.models import Deal, DealEvent
from buyback.deals.policy import EventKind
from buyback.deals.wording import EVENTS


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event in words."""

    text: str
    device: str
    details: tuple[str, ...]
    at: datetime
    actor: str


def history_lines(deal: Deal) -> tuple[HistoryLine, ...]:
    """Return all events of the deal, the newest first. One query."""
    events = deal.events.select_related("item").order_by("-pk")
    return tuple(_line(event) for event in events)


def _line(event: DealEvent) -> HistoryLine:
    device = _("device %(number)s") % {"number": event.item.position} if event.item else ""
    return HistoryLine(
        text=str(EVENTS[EventKind(event.kind)]),
        device=device,
        details=tuple(_details(event.details)),
        at=event.at,
        actor=event.actor_name or _("the system"),
    )


def _details(details: Mapping[str, object]) -> Iterator[str]:
    """Yield what an event keeps besides its kind, as far as a person reads it."""
    reason, changes, units = (details.get(name) for name in ("reason", "changes", "units"))
    if isinstance(reason, str) and reason:
        yield reason_line(reason)
    if isinstance(changes, Mapping):
        yield from (change_line(str(name), change) for name, change in changes.items())
    for name in ("total_yen", "amount_yen"):
        yen = details.get(name)
        if isinstance(yen, int):
            yield _("¥%(yen)s") % {"yen": f"{yen:,}"}
    if isinstance(units, list | tuple):
        yield _("In stock as %(units)s") % {"units": ", ".join(map(str, units))}
