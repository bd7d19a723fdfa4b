"""The stages of a deal as the counter shows them, and which one needs work next.

Decided here: the order of the stages, what “done” and “blocked” look like, and the one next step.
Whether a stage is in order is asked of the packages that own it; nothing here refuses anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from buyback.deals.policy import DealState


class Stage(StrEnum):
    """One page of a deal, in the order of the work; the value is the name of its URL."""

    INTAKE = "intake"
    CHECK = "check"
    INSPECTION = "inspection"
    QUOTE = "quote"
    IDENTITY = "identity"
    CONTRACT = "contract"
    PAYOUT = "payout"


class StageStatus(StrEnum):
    """How far a stage is; the value is its CSS class."""

    DONE = "done"
    BLOCKED = "blocked"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What the gates say of one stage: in order or not."""

    in_order: bool


RELIES_ON: Mapping[DealState, frozenset[Stage]] = {
    DealState.OPEN: frozenset(),
    DealState.OFFERED: frozenset({Stage.INTAKE, Stage.CHECK, Stage.INSPECTION}),
    DealState.ACCEPTED: frozenset({Stage.INTAKE, Stage.CHECK, Stage.INSPECTION, Stage.QUOTE}),
    DealState.SIGNED: frozenset(Stage) - {Stage.CONTRACT, Stage.PAYOUT},
    DealState.CONCLUDED: frozenset(Stage) - {Stage.PAYOUT},
    DealState.PAID: frozenset(Stage),
    DealState.DECLINED: frozenset(),
    DealState.CANCELLED: frozenset(),
    DealState.EXPIRED: frozenset(),
}
"""State → the stages that must have been in order to get there. One that is not any more is shown
as blocked, because something was promised on it."""

NOTHING_LEFT = frozenset(
    {DealState.PAID, DealState.DECLINED, DealState.CANCELLED, DealState.EXPIRED}
)


def status_of(stage: Stage, *, facts: StageFacts, state: DealState) -> StageStatus:
    """Return how `stage` is shown for a deal in `state`."""
    if facts.in_order:
        return StageStatus.DONE
    return StageStatus.BLOCKED if stage in RELIES_ON[state] else StageStatus.AHEAD


def next_stage(facts: Mapping[Stage, StageFacts], *, state: DealState) -> Stage | None:
    """Return the first stage, in the order of the work, that still needs somebody.

    None where the deal has ended. All stages may be worked on in any order; this is advice.
    """
    if state in NOTHING_LEFT:
        return None
    return next((stage for stage in Stage if not facts[stage].in_order), None)
