"""The gate before money leaves the drawer, and what the payout page shows."""

from datetime import datetime

from buyback.contracts.models import Conclusion
from buyback.contracts.queries import fingerprint_now, newest_contract
from buyback.deals.models import Deal
from buyback.deals.queries import open_hold
from buyback.identity.queries import newest_identity
from buyback.inspection.queries import remembered
from buyback.payouts.models import Payout
from buyback.payouts.policy import Code, PayFacts, pay_problems
from shop.people.models import Drawer, Store
from shop.problems import Blocker, Problem


def conclusion_of(deal: Deal) -> Conclusion | None:
    """Return the deal's conclusion, or None while nothing is owed."""
    contract = newest_contract(deal)
    return getattr(contract, "conclusion", None) if contract else None


def payout_of(deal: Deal) -> Payout | None:
    """Return what was paid for the deal, with drawer and cashier, or None. One query per deal."""
    paid = Payout.objects.filter(conclusion__deal=deal).select_related("drawer", "paid_by")
    return remembered(deal, "payout", paid.first)


def drawers_of(store: Store) -> list[Drawer]:
    """Return the store's cash drawers in the order they were set up."""
    return list(store.drawers.order_by("pk"))


def pay_problems_of(
    deal: Deal, *, now: datetime, asked_yen: int | None = None
) -> tuple[Problem, ...]:
    """Return what stops paying `asked_yen` (what is owed, if left out) for `deal`.

    `now` is not needed by the rules of today: a concluded contract is a debt at any hour. A mark
    that changed since is a person's decision, made by a hold (DESIGN §4).
    """
    contract, conclusion = newest_contract(deal), conclusion_of(deal)
    if contract is None or conclusion is None:
        return (Blocker(Code.NOT_CONCLUDED),)
    if payout_of(deal) is not None:
        return (Blocker(Code.ALREADY_PAID),)
    record = newest_identity(deal)
    owed = conclusion.total_yen
    return pay_problems(
        PayFacts(
            concluded=True,
            already_paid=False,
            owed_yen=owed,
            asked_yen=owed if asked_yen is None else asked_yen,
            signed_contract=contract.fingerprint,
            contract_now=fingerprint_now(deal, contract, record),
            signed_identity=contract.identity.fingerprint,
            identity_now=record.fingerprint if record else "",
            on_hold=open_hold(deal) is not None,
        )
    )
