"""Managers and owners of a real shop open nothing without a second factor."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import LazySettings
from django.test import Client

from shop.people.policy import NEED_SECOND_FACTOR, Role
from tests.factories import login_as, make_membership

pytestmark = pytest.mark.django_db

BOARD = "/counter/"


@pytest.fixture
def real_shop(settings: LazySettings) -> None:
    settings.DEMO = False


@pytest.mark.usefixtures("real_shop")
@pytest.mark.parametrize("role", list(Role))
def test_who_needs_one_is_sent_to_set_it_up(client: Client, role: Role) -> None:
    answer = login_as(client, membership=make_membership(role=role)).get(BOARD)
    if role in NEED_SECOND_FACTOR:
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    else:
        assert answer.status_code == 200


@pytest.mark.usefixtures("real_shop")
def test_who_has_one_goes_in(client: Client) -> None:
    member = make_membership(role=Role.MANAGER)
    staff = login_as(client, membership=member)
    assert staff.get(BOARD).status_code == 302
    assert staff.get("/accounts/2fa/").status_code == 200
    TOTP.activate(member.user, generate_totp_secret())
    assert staff.get(BOARD).status_code == 200


def test_the_demo_does_not_ask(client: Client) -> None:
    owner = make_membership(role=Role.OWNER)
    assert login_as(client, membership=owner).get(BOARD).status_code == 200
