"""How far a deal is: every gate asked once, its problems sorted by the stage that can cure them.

Which gate speaks for a deal follows from its state: the offer's while nothing was promised, the
yes's afterwards, then the contract's and the payout's. Nothing is decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from buyback.contracts import wording as contracts
from buyback.contracts.queries import conclude_problems_of, sign_problems_of
from buyback.counter.policy import Stage, StageFacts
from buyback.deals import wording as deals
from buyback.deals.models import Deal
from buyback.deals.policy import ITEM_ACTIVE, OURS, DealState
from buyback.deals.queries import hold_problems
from buyback.identity import wording as identity
from buyback.identity.queries import identity_problems_of, seller_problems_of
from buyback.inspection import wording as inspection
from buyback.inspection.queries import items_of
from buyback.payouts import wording as payouts
from buyback.payouts.queries import pay_problems_of
from buyback.pricing import wording as pricing
from buyback.pricing.gate import Gate as OfferGate
from buyback.pricing.queries import (
    accept_problems,
    current_offer,
    offer_problems_of,
    valuations,
)
from buyback.sellers import wording as sellers
from carriers.checks import wording as checks
from shop.problems import Problem, Warning

CURED_AT: Mapping[str, Stage] = {
    **dict.fromkeys(payouts.TABLE, Stage.PAYOUT),
    **dict.fromkeys(contracts.TABLE, Stage.CONTRACT),
    **dict.fromkeys(deals.TABLE, Stage.CONTRACT),
    **dict.fromkeys(pricing.TABLE, Stage.QUOTE),
    **dict.fromkeys(identity.TABLE, Stage.IDENTITY),
    **dict.fromkeys(sellers.TABLE, Stage.IDENTITY),
    **dict.fromkeys(inspection.TABLE, Stage.INSPECTION),
    **dict.fromkeys(checks.TABLE, Stage.CHECK),
    OfferGate.NO_ITEMS: Stage.INTAKE,
    OfferGate.NO_VARIANT: Stage.INTAKE,
}
"""Code → the stage whose page cures it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a deal stands: each stage's facts, the problems found, and the money in sight.

    `yen` is None while nothing can be said; `is_estimate` until it was offered.
    """

    facts: Mapping[Stage, StageFacts]
    problems: Mapping[Stage, tuple[Problem, ...]]
    yen: int | None
    is_estimate: bool


def standing_of(deal: Deal, *, now: datetime) -> Standing:
    """Return where `deal` stands at `now`.

    What a gate has read is kept on the deal object (`buyback.inspection.queries.remembered`), so
    that the stage's own page asks nothing twice.
    """
    state = DealState(deal.state)
    if state in OURS:
        return _ours(deal, state, now=now)
    if not any(item.state in ITEM_ACTIVE for item in items_of(deal)):
        return _standing(deal, (), None)
    if state is DealState.OPEN:
        values = valuations(deal, now=now)
        priced = [value.lines.total_yen for value in values if value.lines]
        problems = (*offer_problems_of(values), *_besides_the_offer(deal, now=now))
        return _standing(deal, problems, sum(priced) if priced else None)
    offer = current_offer(deal)
    return _standing(deal, _promised(deal, state, now=now), offer.total_yen if offer else None)


def _promised(deal: Deal, state: DealState, *, now: datetime) -> tuple[Problem, ...]:
    """Return what the gate of a deal with an offer says: that of its next commitment."""
    if state is DealState.SIGNED:
        return conclude_problems_of(deal, now=now)
    if state is DealState.ACCEPTED:
        return sign_problems_of(deal, now=now)
    return (*accept_problems(deal, now=now), *_besides_the_offer(deal, now=now))


def _besides_the_offer(deal: Deal, *, now: datetime) -> tuple[Problem, ...]:
    """Return what seller, identity and hold already say, long before a contract."""
    found = (*hold_problems(deal), *seller_problems_of(deal, now=now))
    return found if deal.seller is None else (*found, *identity_problems_of(deal, now=now))


def _standing(deal: Deal, problems: Iterable[Problem], yen: int | None) -> Standing:
    state = DealState(deal.state)
    by_stage = _sorted(problems)
    reached = {
        Stage.INTAKE: True,
        Stage.CHECK: True,
        Stage.INSPECTION: True,
        Stage.QUOTE: state in (DealState.ACCEPTED, DealState.SIGNED),
        Stage.IDENTITY: True,
        Stage.CONTRACT: False,
        Stage.PAYOUT: False,
    }
    is_live = any(item.state in ITEM_ACTIVE for item in items_of(deal))
    facts = {
        stage: StageFacts(is_live and done and _none_blocks(by_stage[stage]))
        for stage, done in reached.items()
    }
    return Standing(facts, by_stage, yen, is_estimate=state is DealState.OPEN)


def _ours(deal: Deal, state: DealState, *, now: datetime) -> Standing:
    offer = current_offer(deal)
    is_paid = state is DealState.PAID
    problems = _sorted(() if is_paid else pay_problems_of(deal, now=now))
    facts = {stage: StageFacts(in_order=True) for stage in Stage}
    facts[Stage.PAYOUT] = StageFacts(in_order=is_paid)
    return Standing(facts, problems, offer.total_yen if offer else None, is_estimate=False)


def _sorted(problems: Iterable[Problem]) -> dict[Stage, tuple[Problem, ...]]:
    found: dict[Stage, list[Problem]] = {stage: [] for stage in Stage}
    for problem in problems:
        found[CURED_AT[problem.code]].append(problem)
    return {stage: tuple(of_stage) for stage, of_stage in found.items()}


def _none_blocks(problems: Iterable[Problem]) -> bool:
    return all(isinstance(problem, Warning) for problem in problems)
