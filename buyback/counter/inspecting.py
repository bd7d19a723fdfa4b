"""What the inspection pages show besides the questions: the list of devices and the decision.

For staff: reasons are said in full. Nothing of this stands on a page turned to the seller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from buyback.deals import wording as deals
from buyback.deals.models import Item
from buyback.deals.policy import ITEM_ACTIVE, ItemState
from buyback.inspection import wording
from buyback.inspection.policy import Code, Decision
from buyback.inspection.queries import InspectionState, inspection_state
from carriers.imei import Imei
from shop.wording import Audience


@dataclass(frozen=True, slots=True)
class Found:
    """The decision on one device in staff words; `disposition` is empty before there is one."""

    grade: str
    disposition: str
    channels: tuple[str, ...]
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    refuses: bool
    must_report: bool


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """One device in the list of the inspection stage."""

    item: Item
    imei: str
    complete: bool
    found: Found | None
    state_label: str
    is_active: bool


def grouped(digits: str) -> str:
    """Return an IMEI as printed on boxes, 2-6-6-1, with spaces."""
    return Imei(digits).grouped.replace("-", " ")


def found_on(state: InspectionState) -> Found | None:
    """Return the decision of a complete inspection in staff words, or None."""
    decision = state.decision
    if decision is None or state.grade is None:
        return None
    disposition = decision.disposition
    return Found(
        grade=str(wording.GRADES[state.grade]),
        disposition=str(wording.DISPOSITIONS[disposition]) if disposition else "",
        channels=tuple(str(wording.CHANNELS[channel]) for channel in sorted(decision.channels)),
        reasons=tuple(wording.reason(code, Audience.STAFF) for code in decision.codes),
        remedies=tuple(
            wording.remedy_sentence(remedy, Audience.STAFF) for remedy in decision.remedies
        ),
        refuses=bool(disposition) and not decision.channels,
        must_report=decision.duty_to_report,
    )


def inspection_lines(items: Iterable[Item], *, now: datetime) -> tuple[InspectionLine, ...]:
    """Return every device with what was found on it; past ones without a decision."""
    return tuple(_line(item, now=now) for item in items)


def _line(item: Item, *, now: datetime) -> InspectionLine:
    state = inspection_state(item, now=now)
    active = item.state in ITEM_ACTIVE
    return InspectionLine(
        item=item,
        imei=grouped(item.imei1),
        complete=state.complete,
        found=found_on(state) if active else None,
        state_label=str(deals.ITEM_STATES[ItemState(item.state)]),
        is_active=active,
    )


def likely_reasons(decision: Decision | None) -> tuple[Code, ...]:
    """Return the reasons the rules already give, to be offered first."""
    return decision.codes if decision else ()
