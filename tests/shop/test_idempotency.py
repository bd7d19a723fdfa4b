"""A form's key: once per person, act and object; a refused form may be sent again."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from buyback.deals.models import Deal
from buyback.payouts.models import Payout
from shop.idempotency import once
from shop.people.policy import Role
from tests.buyback.contracted import concluded_deal
from tests.factories import login_as, make_membership, make_user

pytestmark = pytest.mark.django_db


def test_the_same_key_replays_the_first_outcome() -> None:
    person, key, made = make_user(), uuid4(), iter([1, 2])
    outcomes = [
        once(actor=person, scope="x", about=7, key=key, act=lambda: next(made)) for _ in range(2)
    ]
    assert outcomes == [1, 1]


def test_a_key_used_elsewhere_is_a_new_act() -> None:
    person, other, key = make_user(), make_user(), uuid4()
    made = iter(range(1, 5))
    wheres = [(person, "x", 7), (person, "x", 8), (person, "y", 7), (other, "x", 7)]
    outcomes = [
        once(actor=who, scope=scope, about=about, key=key, act=lambda: next(made))
        for who, scope, about in wheres
    ]
    assert outcomes == [1, 2, 3, 4]


def test_a_refused_act_may_be_tried_again() -> None:
    person, key = make_user(), uuid4()

    def refuse() -> int:
        raise ValidationError("no")

    with pytest.raises(ValidationError):
        once(actor=person, scope="x", about=7, key=key, act=refuse)
    assert once(actor=person, scope="x", about=7, key=key, act=lambda: 3) == 3


def test_the_key_of_one_payout_never_passes_for_another(client: Client) -> None:
    member = make_membership(role=Role.CASHIER)
    login_as(client, membership=member)
    drawer = member.store.drawers.get()
    form = {"key": str(uuid4()), "amount_yen": "58000", "drawer": str(drawer.pk)}
    deals = [concluded_deal(membership=member) for _ in range(2)]
    for deal in deals:
        assert client.post(f"/counter/deals/{deal.code}/payout/", form).status_code == 303
    assert Payout.objects.count() == 2
    assert set(Deal.objects.values_list("state", flat=True)) == {"paid"}
