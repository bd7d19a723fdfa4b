"""What the deal page shows around every stage: stages, gates, seller, hold, sum, next step.

Asks the gates of the packages below and puts their answers in order; decides nothing itself.
"""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from buyback.counter import wording
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
    ItemState,
    next_state,
)
from buyback.deals.queries import open_hold
from buyback.sellers.models import Seller
from shop.people.models import Membership
from shop.people.policy import Permission


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
    sum_yen: int | None
    sum_text: str
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
    facts = _facts(deal, items)
    may_take = membership.may(Permission.TAKE_DEALS)
    hold = open_hold(deal)
    ahead = next_stage(facts, state=state)
    return DealScreen(
        deal=deal,
        stage=stage,
        stage_label=str(wording.STAGES[stage]) if stage else "",
        state_label=wording.state_label(state),
        items=items,
        active_items=tuple(item for item in items if item.state in ITEM_ACTIVE),
        waiting=wording.duration(now - deal.opened_at),
        stages=tuple(_stage_lines(deal, state, facts, stage)),
        gates=(),
        seller=deal.seller,
        seller_age=None,
        hold=hold,
        sum_yen=None,
        sum_text="",
        next=_step(deal, ahead) if ahead else None,
        is_running=state not in ENDED,
        is_editable=state in EDITABLE,
        may_take=may_take,
        can_cancel=may_take and next_state(state, Action.CANCEL) is not None,
        can_hold=may_take and state not in ENDED and hold is None,
    )


def current_stage(deal: Deal) -> Stage:
    """Return the stage whose page a person who opens the deal should see first."""
    state = DealState(deal.state)
    ahead = next_stage(_facts(deal, tuple(deal.items.all())), state=state)
    return ahead or (Stage.PAYOUT if state is DealState.PAID else Stage.INTAKE)


def _step(deal: Deal, stage: Stage) -> NextStep:
    url = reverse(f"counter:{stage.value}", args=[deal.code])
    return NextStep(stage, str(wording.GO_TO[stage]), url)


def _stage_lines(
    deal: Deal, state: DealState, facts: dict[Stage, StageFacts], shown: Stage | None
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


def _facts(deal: Deal, items: tuple[Item, ...]) -> dict[Stage, StageFacts]:
    state = DealState(deal.state)
    live = [item for item in items if item.state in ITEM_ACTIVE or item.state == ItemState.BOUGHT]
    nameless = sum(item.variant_id is None for item in live)
    facts = {stage: StageFacts(in_order=False, missing=0) for stage in Stage}
    facts[Stage.INTAKE] = StageFacts(in_order=bool(live) and not nameless, missing=nameless)
    facts[Stage.PAYOUT] = StageFacts(in_order=state is DealState.PAID)
    return facts
