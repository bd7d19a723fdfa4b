"""The gate before money leaves the drawer, over every combination of its facts."""

from collections import Counter
from itertools import product

import pytest

from buyback.payouts.policy import Code, PayFacts, pay_problems
from shop.problems import Blocker


def pay(
    *,
    concluded: bool = True,
    paid: bool = False,
    owed: int = 40_500,
    asked: int = 40_500,
    contract: str = "c1",
    identity: str = "i1",
    hold: bool = False,
    drawer: bool = True,
) -> PayFacts:
    return PayFacts(
        concluded=concluded,
        already_paid=paid,
        owed_yen=owed,
        asked_yen=asked,
        signed_contract="c1",
        contract_now=contract,
        signed_identity="i1",
        identity_now=identity,
        on_hold=hold,
        drawer_open=drawer,
    )


def test_a_concluded_contract_is_paid_as_owed() -> None:
    assert pay_problems(pay()) == ()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (pay(concluded=False), Code.NOT_CONCLUDED),
        (pay(paid=True), Code.ALREADY_PAID),
        (pay(contract="c2"), Code.CONTRACT_CHANGED),
        (pay(identity="i2"), Code.IDENTITY_CHANGED),
        (pay(hold=True), Code.ON_HOLD),
        (pay(drawer=False), Code.DRAWER_CLOSED),
        (pay(owed=0, asked=0), Code.AMOUNT_NOT_POSITIVE),
        (pay(owed=-1, asked=-1), Code.AMOUNT_NOT_POSITIVE),
    ],
)
def test_each_cause_stops_the_payout_by_itself(facts: PayFacts, code: Code) -> None:
    assert pay_problems(facts) == (Blocker(code),)


def test_another_amount_is_named_with_both() -> None:
    blocker = Blocker(Code.AMOUNT_DIFFERS, {"owed": 40_500, "asked": 40_501})
    assert pay_problems(pay(asked=40_501)) == (blocker,)


def test_only_one_combination_of_all_facts_pays() -> None:
    counts: Counter[bool] = Counter()
    for concluded, paid, same, contract, identity, hold, drawer in product((True, False), repeat=7):
        facts = pay(
            concluded=concluded,
            paid=paid,
            asked=40_500 if same else 1,
            contract="c1" if contract else "c2",
            identity="i1" if identity else "i2",
            hold=hold,
            drawer=drawer,
        )
        counts[not pay_problems(facts)] += 1
    assert counts == {True: 1, False: 2**7 - 1}
