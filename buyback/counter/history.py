"""The history of a deal as lines of text: who did what, when, and why.

Reads events only; which words an event has is in `buyback.deals.wording`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from buyback.counter.wording import change_line
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


def _details(details: dict[str, object]) -> Iterator[str]:
    reason = details.get("reason")
    if isinstance(reason, str) and reason:
        yield _("Reason: %(reason)s") % {"reason": reason}
    changes = details.get("changes")
    if isinstance(changes, dict):
        for name, change in changes.items():
            yield change_line(str(name), change)
