"""The payout page: the amount, the drawer, one payment, and what it shows afterwards."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from buyback.deals.models import Deal
from buyback.deals.policy import DealState
from buyback.deals.services import place_hold
from buyback.payouts.models import Payout
from shop.people.models import Drawer, Membership
from shop.people.policy import Role
from tests.buyback.contracted import concluded_deal, fresh, signed_deal
from tests.factories import login_as, make_membership, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership(role=Role.CASHIER)


@pytest.fixture
def cashier(client: Client, member: Membership) -> Client:
    return login_as(client, membership=member)


def address(deal: Deal) -> str:
    return reverse("counter:payout", args=[deal.code])


def paying(deal: Deal, **changes: object) -> dict[str, object]:
    drawer = deal.store.drawers.order_by("pk")[0]
    return {"key": str(uuid4()), "amount_yen": 58_000, "drawer": drawer.pk, **changes}


def test_it_shows_what_is_owed_and_then_what_was_paid(cashier: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    before = cashier.get(address(deal)).content.decode()
    assert "58,000円を渡しました" in before
    assert cashier.post(address(deal), paying(deal)).status_code == 303
    after = cashier.get(address(deal)).content.decode()
    assert "支払済" in after
    assert "レジ1" in after
    assert 'id="pay"' not in after
    assert reverse("counter:contract-pdf", args=[deal.code, 1]) in after


def test_a_double_click_pays_once_and_shows_the_same(cashier: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    form = paying(deal)
    answers = [cashier.post(address(deal), form) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Payout.objects.count() == 1


def test_a_second_tab_is_told_that_it_is_paid(cashier: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    cashier.post(address(deal), paying(deal))
    again = cashier.post(address(deal), paying(deal))
    assert again.status_code == 409
    assert "この案件は" in again.content.decode()
    assert Payout.objects.count() == 1


def test_a_stale_amount_is_refused_with_both_values(cashier: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    answer = cashier.post(address(deal), paying(deal, amount_yen=60_000))
    assert answer.status_code == 409
    assert "58,000" in answer.content.decode()
    assert "60,000" in answer.content.decode()
    assert fresh(deal).state == DealState.CONCLUDED


@pytest.mark.parametrize("changes", [{"drawer": ""}, {"key": "x"}, {"amount_yen": "¥58,000"}])
def test_a_form_that_lost_a_part_is_refused(
    cashier: Client, member: Membership, changes: dict[str, object]
) -> None:
    deal = concluded_deal(membership=member)
    answer = cashier.post(address(deal), paying(deal, **changes))
    assert answer.status_code == 422
    assert 'id="pay"' in answer.content.decode()
    assert not Payout.objects.exists()


def test_a_drawer_of_another_store_cannot_be_chosen(cashier: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    other = Drawer.objects.get(store=make_store())
    assert cashier.post(address(deal), paying(deal, drawer=other.pk)).status_code == 422


def test_a_hold_shows_the_reason_in_place_of_the_form(cashier: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    place_hold(deal_id=deal.pk, reason="確認中", actor=member.user)
    assert 'id="pay"' not in cashier.get(address(deal)).content.decode()
    assert cashier.post(address(deal), paying(deal)).status_code == 422
    assert not Payout.objects.exists()


@pytest.mark.parametrize("role", [Role.STAFF, Role.INSPECTOR, Role.AUDITOR])
def test_only_who_may_pay_pays(client: Client, role: Role) -> None:
    member = make_membership(role=role)
    deal = concluded_deal(membership=member)
    login_as(client, membership=member)
    page = client.get(address(deal))
    assert page.status_code == 200
    assert 'id="pay"' not in page.content.decode()
    assert client.post(address(deal), paying(deal)).status_code == 403
    assert not Payout.objects.exists()


def test_nothing_is_paid_before_the_conclusion(cashier: Client, member: Membership) -> None:
    deal = signed_deal(membership=member)
    assert cashier.get(address(deal)).status_code == 200
    assert cashier.post(address(deal), paying(deal)).status_code == 422
    assert not Payout.objects.exists()
