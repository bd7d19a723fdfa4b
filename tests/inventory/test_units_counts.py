"""The filters of the stock list say how many, but never count a whole history."""

import pytest
from django.test import Client
from django.urls import reverse

from inventory.units import queries
from inventory.units.policy import UnitState
from inventory.units.queries import stock_page
from tests.factories import login_as, make_membership
from tests.inventory.owned import make_unit

pytestmark = pytest.mark.django_db


def test_states_are_counted_in_this_store_only(client: Client) -> None:
    member, other = make_membership(), make_membership()
    for store in (member.store, member.store, other.store):
        make_unit(store, member.user)
    page = stock_page(member.store, state=None)
    assert [(tab.state, tab.count, tab.is_capped) for tab in page.tabs] == [
        (UnitState.QUARANTINE, 2, False)
    ]
    assert page.total == 2


def test_a_long_state_says_and_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNTED_TO", 2)
    member = make_membership()
    for _number in range(3):
        make_unit(member.store, member.user)
    page = stock_page(member.store, state=None)
    assert [(tab.count, tab.is_capped) for tab in page.tabs] == [(2, True)]
    assert page.total is None
    shown = login_as(client, membership=member).get(reverse("stock:units")).content.decode()
    assert '<span class="num">2+</span>' in shown
