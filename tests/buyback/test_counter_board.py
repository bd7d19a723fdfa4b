"""The board of today's deals and the search box."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from inventory.units.models import Unit
from shop.people.models import Membership
from shop.people.policy import Role
from tests.factories import (
    fresh_imei,
    login_as,
    make_deal,
    make_item,
    make_membership,
    make_seller,
    make_store,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    """A signed-in member of staff."""
    member = make_membership()
    login_as(client, membership=member)
    return member


def search(client: Client, text: str, *, follow: bool = True) -> str:
    page = client.post(reverse("counter:search"), {"q": text}, follow=follow)
    assert page.status_code == 200, page.content.decode()
    return page.content.decode()


def test_it_shows_todays_deals_with_seller_and_devices(client: Client, member: Membership) -> None:
    deal = make_deal(membership=member, seller=make_seller())
    make_item(deal=deal)
    text = client.get(reverse("counter:board")).content.decode()
    assert deal.code in text
    assert "山田 花子 様" in text
    assert text.count("iPhone 14 128GB") == 2
    assert deal.code in client.get(reverse("counter:board-panel")).content.decode()
