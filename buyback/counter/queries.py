"""What the deal page shows around every stage: stages, gates, seller, hold, sum, next step.

Asks the gates of the packages below and puts their answers in order; decides nothing itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from buyback.counter import wording
from buyback.counter.gates import Standing, standing_of
from buyback.counter.policy import (
    Stage,
    StageFacts,
    StageStatus,
    next_stage,
    status_of,
)
from buyback.deals.models import Deal, Hold, Item
from buyback.deals.policy import (
    EDITABLE,
    ENDED,
    ITEM_ACTIVE,
    Action,
    DealState,
    next_state,
)
from buyback.deals.queries import open_hold
from buyback.identity.policy import age_on
from buyback.sellers.models import Seller
from shop.people.models import Membership
from shop.people.policy import Permission
from shop.problems import ApprovalNeeded, Problem, Warning


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage in the list at the left."""

    stage: Stage
    number: int
    label: str
    url: str
    status: StageStatus
    is_shown: bool


@dataclass(frozen=True, slots=True)
class GateLine:
    """One line of “what is needed before payout”."""

    mark: str
    """CSS class: `ok`, `no`, `wait` or `note`."""
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one next action: where to go and what the button says."""

    stage: Stage
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class DealScreen:
    """Everything the frame of a deal page shows."""

    deal: Deal
    stage: Stage | None
    stage_label: str
    state_label: str
    items: tuple[Item, ...]
    active_items: tuple[Item, ...]
    waiting: str
    stages: tuple[StageLine, ...]
    gates: tuple[GateLine, ...]
    seller: Seller | None
    seller_age: int | None
    hold: Hold | None
    sum_text: str
    """The sum in yen with separators; empty while there is none."""
    is_estimate: bool
    """Nothing was offered yet: the sum is what today's book would give."""
    next: NextStep | None
    is_running: bool
    is_editable: bool
    """Seller, devices, inspection and identity may still be changed."""
    may_take: bool
    """The person may change this deal at all."""
    can_cancel: bool
    can_hold: bool


def deal_screen(
    deal: Deal, *, membership: Membership, now: datetime, stage: Stage | None = None
) -> DealScreen:
    """Return the frame of `deal` as `membership` sees it at `now`, with `stage` in the middle.

    `deal` comes from `frame.deal_or_404` (items prefetched).
    """
    items = tuple(deal.items.all())
    state = DealState(deal.state)
    standing = standing_of(deal, now=now)
    facts = standing.facts
    may_take = membership.may(Permission.TAKE_DEALS)
    hold = open_hold(deal)
    ahead = next_stage(facts, state=state)
    is_bound_for_payout = state not in ENDED or state is DealState.PAID
    return DealScreen(
        deal=deal,
        stage=stage,
        stage_label=str(wording.STAGES[stage]) if stage else "",
        state_label=wording.state_label(state),
        items=items,
        active_items=tuple(item for item in items if item.state in ITEM_ACTIVE),
        waiting=wording.duration(now - deal.opened_at),
        stages=tuple(_stage_lines(deal, state, facts, stage)),
        gates=tuple(_gate_lines(deal, standing, items)) if is_bound_for_payout else (),
        seller=deal.seller,
        seller_age=age_on(deal.seller.birth_on, timezone.localdate(now)) if deal.seller else None,
        hold=hold,
        sum_text=f"{standing.yen:,}" if standing.yen is not None else "",
        is_estimate=standing.is_estimate,
        next=_step(deal, ahead) if ahead else None,
        is_running=state not in ENDED,
        is_editable=state in EDITABLE,
        may_take=may_take,
        can_cancel=may_take and next_state(state, Action.CANCEL) is not None,
        can_hold=may_take and state not in ENDED and hold is None,
    )


def current_stage(deal: Deal, *, now: datetime) -> Stage:
    """Return the stage whose page a person who opens the deal should see first."""
    state = DealState(deal.state)
    ahead = next_stage(standing_of(deal, now=now).facts, state=state)
    return ahead or (Stage.PAYOUT if state is DealState.PAID else Stage.INTAKE)


def _step(deal: Deal, stage: Stage) -> NextStep:
    url = reverse(f"counter:{stage.value}", args=[deal.code])
    return NextStep(stage, str(wording.GO_TO[stage]), url)


def _stage_lines(
    deal: Deal, state: DealState, facts: Mapping[Stage, StageFacts], shown: Stage | None
) -> list[StageLine]:
    return [
        StageLine(
            stage=stage,
            number=number,
            label=str(wording.STAGES[stage]),
            url=reverse(f"counter:{stage.value}", args=[deal.code]),
            status=status_of(stage, facts=facts[stage], state=state),
            is_shown=stage is shown,
        )
        for number, stage in enumerate(Stage, start=1)
    ]


def _gate_lines(deal: Deal, standing: Standing, items: tuple[Item, ...]) -> list[GateLine]:
    """Return a tick for each stage in order, else what its gate says, else what is to be done."""
    lines: dict[tuple[str, str], GateLine] = {}
    state = DealState(deal.state)
    for stage in Stage:
        url = reverse(f"counter:{stage.value}", args=[deal.code])
        problems = standing.problems[stage]
        if standing.facts[stage].in_order:
            lines[stage, ""] = GateLine("ok", str(wording.DONE[stage]))
        elif not problems:
            lines[stage, ""] = GateLine("wait", wording.needed(stage, state), url)
        for problem in problems:
            text = wording.gate_sentence(problem, names_device=len(items) > 1)
            lines[stage, text] = GateLine(_mark(problem), text, url)
    return list(lines.values())


def _mark(problem: Problem) -> str:
    if isinstance(problem, Warning):
        return "note"
    return "wait" if isinstance(problem, ApprovalNeeded) else "no"
