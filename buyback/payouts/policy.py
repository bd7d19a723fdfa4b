"""The gate before money leaves the drawer.

Decided here: what stops a payout. A concluded contract is a debt, so a mark that changed since is
no technical block here: whether to pay is then a person's decision, made by a hold (DESIGN §4).
"""

from dataclasses import dataclass
from enum import StrEnum

from shop.problems import Blocker, Problem


class Code(StrEnum):
    """Every problem this module can answer with."""

    NOT_CONCLUDED = "not-concluded"
    ALREADY_PAID = "already-paid"
    AMOUNT_DIFFERS = "amount-differs"
    AMOUNT_NOT_POSITIVE = "amount-not-positive"
    CONTRACT_CHANGED = "pay-contract-changed"
    IDENTITY_CHANGED = "pay-identity-changed"
    ON_HOLD = "pay-on-hold"
    DRAWER_CLOSED = "drawer-closed"


@dataclass(frozen=True, slots=True)
class PayFacts:
    """What paying depends on, read under the lock; money in whole yen.

    `owed_yen` is the total of the concluded contract, `asked_yen` what the page asked to pay.
    `signed_contract` and `signed_identity` are the fingerprints at conclusion, `…_now` those
    recomputed now. `drawer_open` is True for a payout that needs no drawer.
    """

    concluded: bool
    already_paid: bool
    owed_yen: int
    asked_yen: int
    signed_contract: str
    contract_now: str
    signed_identity: str
    identity_now: str
    on_hold: bool
    drawer_open: bool = True


def pay_problems(facts: PayFacts) -> tuple[Problem, ...]:
    """Return what stops a payout. `amount-differs` carries `owed` and `asked` in yen."""
    amounts = {"owed": facts.owed_yen, "asked": facts.asked_yen}
    table: tuple[tuple[bool, Code, dict[str, int]], ...] = (
        (not facts.concluded, Code.NOT_CONCLUDED, {}),
        (facts.already_paid, Code.ALREADY_PAID, {}),
        (facts.owed_yen <= 0, Code.AMOUNT_NOT_POSITIVE, {}),
        (facts.asked_yen != facts.owed_yen, Code.AMOUNT_DIFFERS, amounts),
        (facts.signed_contract != facts.contract_now, Code.CONTRACT_CHANGED, {}),
        (facts.signed_identity != facts.identity_now, Code.IDENTITY_CHANGED, {}),
        (facts.on_hold, Code.ON_HOLD, {}),
        (not facts.drawer_open, Code.DRAWER_CLOSED, {}),
    )
    return tuple(Blocker(code, params) for applies, code, params in table if applies)
