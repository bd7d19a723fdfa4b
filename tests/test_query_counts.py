"""No page of the counter, the stock or the ledger asks the database more than twelve questions.

Every stage page of a deal in every state, with one device and with three, as a person who may see
everything opens it; session, person and membership are among the questions.
"""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from buyback.contracts.models import ContractText
from buyback.contracts.services import adopt_text
from buyback.deals.models import Deal
from inventory.units.models import Unit
from shop.people.models import Membership
from shop.people.policy import Role
from tests.buyback.contracted import (
    accepted_deal,
    checked_deal,
    concluded_deal,
    fresh,
    pay,
    prepared,
    signed_deal,
)
from tests.factories import login_as, make_deal, make_item, make_membership, make_seller

MOST = 12
STAGES = ("intake", "check", "inspection", "quote", "identity", "contract", "payout", "history")

pytestmark = pytest.mark.django_db


def opened(member: Membership) -> Deal:
    deal = make_deal(membership=member, seller=make_seller())
    for _more in range(2):
        make_item(deal=deal)
    return deal


def with_contract(member: Membership) -> Deal:
    deal = accepted_deal(membership=member)
    prepared(deal)
    return deal


def paid(member: Membership) -> Deal:
    deal = concluded_deal(membership=member)
    pay(deal)
    return deal


STATES: tuple[Callable[[Membership], Deal], ...] = (
    opened,
    lambda member: checked_deal(membership=member),
    lambda member: accepted_deal(membership=member),
    with_contract,
    lambda member: signed_deal(membership=member),
    lambda member: concluded_deal(membership=member),
    paid,
)


def queries_of(client: Client, address: str) -> int:
    """Return how many queries the page at `address` takes once everything is warm."""
    assert client.get(address, follow=True).status_code == 200, address
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.parametrize("make", STATES, ids=range(len(STATES)))
@pytest.mark.parametrize("adopted", [False, True], ids=["sample", "adopted"])
def test_every_page_of_a_deal(
    client: Client, make: Callable[[Membership], Deal], adopted: bool
) -> None:
    member = make_membership(role=Role.OWNER)
    login_as(client, membership=member)
    deal = fresh(make(member))
    text = ContractText.objects.first()
    if adopted and text:
        adopt_text(store=member.store, text=text, actor=member.user)
    addresses = [reverse(f"counter:{stage}", args=[deal.code]) for stage in STAGES]
    addresses += [
        reverse("counter:deal", args=[deal.code]),
        reverse("counter:item", args=[deal.code, 1]),
        reverse("counter:inspect-item", args=[deal.code, 1]),
    ]
    counted = {address: queries_of(client, address) for address in addresses}
    assert {address: many for address, many in counted.items() if many > MOST} == {}


def test_the_other_pages(client: Client) -> None:
    member = make_membership(role=Role.OWNER)
    login_as(client, membership=member)
    for make in STATES:
        make(member)
    addresses = [
        reverse(name)
        for name in ("counter:board", "counter:new-deal", "stock:units", "stock:ledger")
    ]
    unit = Unit.objects.order_by("pk")[0]
    addresses.append(reverse("stock:unit", args=[unit.code]))
    counted = {address: queries_of(client, address) for address in addresses}
    assert {address: many for address, many in counted.items() if many > MOST} == {}
