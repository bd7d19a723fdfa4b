"""Money leaves a drawer once per concluded contract, in the amount that is owed."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from buyback.deals.models import DealEvent
from buyback.deals.policy import DealState, EventKind
from buyback.deals.services import lift_hold, place_hold
from buyback.payouts.models import Payout
from buyback.payouts.queries import pay_problems_of
from buyback.payouts.services import pay_cash
from buyback.sellers.models import Seller
from tests.buyback.contracted import concluded_deal, fresh, pay, show_id, signed_deal
from tests.factories import make_store

pytestmark = pytest.mark.django_db


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as refused:
        act()
    return str(refused.value.code)


def test_a_payout_stands_with_its_state_and_event() -> None:
    deal = concluded_deal()
    paid = pay(deal)
    assert (paid.amount_yen, paid.drawer.name, fresh(deal).state) == (
        58_000,
        "レジ1",
        DealState.PAID,
    )
    event = DealEvent.objects.get(deal=deal, kind=EventKind.PAID)
    assert event.details == {"amount_yen": 58_000, "drawer": "レジ1"}


def test_nothing_is_paid_before_the_conclusion_or_twice() -> None:
    deal = signed_deal()
    assert code_of(lambda: pay(deal)) == "not-concluded"
    other = concluded_deal()
    pay(other)
    assert code_of(lambda: pay(other)) == "already-paid"
    assert Payout.objects.count() == 1


@pytest.mark.parametrize("yen", [0, 57_999, 58_001])
def test_only_what_is_owed_is_paid(yen: int) -> None:
    deal = concluded_deal()
    assert code_of(lambda: pay(deal, yen=yen)) == "amount-differs"


def test_a_drawer_of_another_store_is_refused() -> None:
    deal = concluded_deal()
    drawer = make_store().drawers.get()
    act = lambda: pay_cash(  # noqa: E731  # read at once
        deal_id=deal.pk, drawer_id=drawer.pk, amount_yen=58_000, actor=deal.opened_by
    )
    assert code_of(act) == "drawer-unknown"


def test_a_hold_stops_the_money_until_it_is_lifted() -> None:
    deal = concluded_deal()
    place_hold(deal_id=deal.pk, reason="警察に確認中", actor=deal.opened_by)
    assert code_of(lambda: pay(deal)) == "pay-on-hold"
    lift_hold(deal_id=deal.pk, actor=deal.opened_by)
    pay(deal)


def test_a_seller_changed_behind_the_contract_stops_the_money() -> None:
    deal = concluded_deal()
    Seller.objects.filter(deals=deal).update(family_name="別人")
    assert code_of(lambda: pay(deal)) == "pay-contract-changed"
    assert [p.code for p in pay_problems_of(fresh(deal), now=timezone.now())] == [
        "pay-contract-changed"
    ]


def test_identity_cannot_be_recorded_again_once_signed() -> None:
    deal = concluded_deal()
    assert code_of(lambda: show_id(deal)) == "not-now"
