"""What the contract page shows: the paper as frozen, what it waits for, and what may be done now.

Read from the gates; nothing is decided here. The paper's words come from the contract itself and
are the same on the staff's page, on the page turned to the seller and in the PDF.
"""

from dataclasses import dataclass
from datetime import datetime

from buyback.contracts.content import Content, content_of
from buyback.contracts.models import Contract, Signature
from buyback.contracts.pdf import drawn
from buyback.contracts.policy import Code
from buyback.contracts.queries import (
    conclude_problems_of,
    newest_contract,
    prepare_problems_of,
    sign_problems_of,
    signature_of,
    unit_codes,
)
from buyback.counter import wording
from buyback.deals.models import Deal
from buyback.deals.policy import EDITABLE, OURS, DealState
from shop.paper.signature import Drawing
from shop.problems import Problem, blockers

OUTDATED = frozenset({Code.CONTRACT_MISSING.value, Code.CONTRACT_CHANGED, Code.IDENTITY_CHANGED})


@dataclass(frozen=True, slots=True)
class ContractPage:
    """The contract stage of one deal.

    `content` is None where there is nothing to read (yet, or not any more because what it was made
    from changed). `prepare_blocks` and `conclude_blocks` are sentences for staff. `ink` is the
    drawn signature.
    """

    contract: Contract | None
    content: Content | None
    signature: Signature | None
    ink: Drawing | None
    is_outdated: bool
    prepare_blocks: tuple[str, ...]
    conclude_blocks: tuple[str, ...]
    can_prepare: bool
    can_sign: bool
    can_conclude: bool
    is_ours: bool
    units: tuple[str, ...]


def contract_page(deal: Deal, *, now: datetime) -> ContractPage:
    """Return the contract stage of `deal`, which comes from `frame.deal_or_404`."""
    state = DealState(deal.state)
    contract = newest_contract(deal)
    signature = signature_of(contract) if contract else None
    prepare_blocks: tuple[str, ...] = ()
    is_outdated = False
    if state in EDITABLE:
        prepare_blocks = _said(prepare_problems_of(deal, now=now), deal)
        found = sign_problems_of(deal, now=now)
        is_outdated = not OUTDATED.isdisjoint(problem.code for problem in found)
    conclude_blocks: tuple[str, ...] = ()
    if state is DealState.SIGNED:
        conclude_blocks = _said(conclude_problems_of(deal, now=now), deal)
    readable = contract is not None and not is_outdated and not prepare_blocks
    return ContractPage(
        contract=contract,
        content=content_of(contract) if contract and readable else None,
        signature=signature,
        ink=drawn(signature) if signature else None,
        is_outdated=is_outdated and contract is not None,
        prepare_blocks=prepare_blocks,
        conclude_blocks=conclude_blocks,
        can_prepare=state is DealState.ACCEPTED and not prepare_blocks,
        can_sign=state is DealState.ACCEPTED and readable,
        can_conclude=state is DealState.SIGNED and not conclude_blocks,
        is_ours=state in OURS,
        units=unit_codes(deal) if state in OURS else (),
    )


def _said(problems: tuple[Problem, ...], deal: Deal) -> tuple[str, ...]:
    several = len(deal.items.all()) > 1
    said = (wording.gate_sentence(problem, names_device=several) for problem in blockers(problems))
    return tuple(dict.fromkeys(said))
