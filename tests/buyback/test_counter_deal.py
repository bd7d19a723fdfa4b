"""The frame of a deal, its history, holding and cancelling."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import login_as, make_deal, make_membership

pytestmark = pytest.mark.django_db


def test_it_shows_the_frame(client: Client) -> None:
    member = make_membership()
    deal = make_deal(membership=member)
    login_as(client, membership=member)
    page = client.get(reverse("counter:intake", args=[deal.code]))
    assert page.status_code == 200
    assert deal.code in page.content.decode()
    assert client.get(reverse("counter:history", args=[deal.code])).status_code == 200
