"""The page of a store's people: adding, bringing, changing, taking away, the link."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop.people.models import Membership
from shop.people.policy import Role
from tests.factories import login_as, make_membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Membership:
    return make_membership(role=Role.OWNER)


@pytest.fixture
def manager(owner: Membership) -> Membership:
    return make_membership(store=owner.store, role=Role.MANAGER)


def browser(member: Membership) -> Client:
    return login_as(Client(), membership=member)


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "family_name": "見本",
        "given_name": "葵",
        "username": "ａｏｉ",
        "email": "",
        "role": "staff",
        "key": str(uuid4()),
        **changes,
    }


def test_the_list_says_how_everybody_signs_in(owner: Membership, manager: Membership) -> None:
    for role in (Role.STAFF, Role.AUDITOR):
        make_membership(store=owner.store, role=role)
    stranger = make_membership()
    client = browser(manager)
    client.get(reverse("manage:people"))
    with CaptureQueriesContext(connection) as asked:
        body = client.get(reverse("manage:people")).content.decode()
    assert len(asked) <= 12
    assert body.count("未設定（要設定）") == 2
    assert manager.user.username in body
    assert stranger.user.username not in body


def test_adding_leads_to_the_person_and_happens_once(owner: Membership) -> None:
    client, sent = browser(owner), typed()
    for _time in range(2):
        answer = client.post(reverse("manage:people"), sent)
        member = Membership.objects.get(user__username="aoi")
        assert answer.status_code == 303
        assert answer.headers["Location"] == reverse("manage:person", args=[member.pk])
    page = client.get(answer.headers["Location"]).content.decode()
    assert "パスワード未設定" in page
    assert User.objects.filter(username="aoi").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "ab"}, "username"),
        ({"username": "aoi@example.jp"}, "username"),
        ({"email": "nowhere"}, "email"),
        ({"family_name": ""}, "family_name"),
        ({"role": ""}, "role"),
        ({"role": "king"}, "role"),
    ],
)
def test_a_refusal_stands_beside_its_field(
    owner: Membership, changes: dict[str, str], field: str
) -> None:
    answer = browser(owner).post(reverse("manage:people"), typed(**changes))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not User.objects.filter(username="aoi").exists()


@pytest.mark.parametrize("role", ["manager", "owner"])
def test_a_manager_is_not_offered_higher_roles(manager: Membership, role: str) -> None:
    client = browser(manager)
    assert f'value="{role}"' not in client.get(reverse("manage:people")).content.decode()
    assert client.post(reverse("manage:people"), typed(role=role)).status_code == 422
    assert not User.objects.filter(username="aoi").exists()


def test_an_owner_brings_somebody_from_another_store(
    owner: Membership, manager: Membership
) -> None:
    there = make_membership()
    sent = {"bring-person": there.user_id, "bring-role": "cashier", "bring-key": str(uuid4())}
    assert there.user.username in browser(owner).get(reverse("manage:people")).content.decode()
    assert browser(manager).post(reverse("manage:bring"), sent).status_code == 403
    client = browser(owner)
    for _time in range(2):
        assert client.post(reverse("manage:bring"), sent).status_code == 303
    member = Membership.objects.get(user=there.user, store=owner.store)
    assert member.role == Role.CASHIER
    again = {**sent, "bring-key": str(uuid4())}
    assert client.post(reverse("manage:bring"), again).status_code == 422


def test_a_role_is_changed_and_a_stale_page_is_told(owner: Membership) -> None:
    member = make_membership(store=owner.store)
    client, url = browser(owner), reverse("manage:role", args=[member.pk])
    assert client.post(url, {"before": "staff", "role": "cashier"}).status_code == 303
    stale = client.post(url, {"before": "staff", "role": "auditor"})
    assert stale.status_code == 409
    member.refresh_from_db()
    assert member.role == Role.CASHIER
    assert client.post(url, {"before": "cashier", "role": "x"}).status_code == 422


def test_taking_access_wants_a_tick(owner: Membership) -> None:
    member = make_membership(store=owner.store)
    client, url = browser(owner), reverse("manage:leave", args=[member.pk])
    assert client.post(url).status_code == 422
    assert client.post(url, {"sure": "on"}).status_code == 303
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert client.post(url, {"sure": "on"}).status_code == 404


@pytest.mark.parametrize("act", ["role", "leave", "link"])
def test_nobody_acts_on_themselves(owner: Membership, act: str) -> None:
    client = browser(owner)
    sent = {"before": "owner", "role": "staff", "sure": "on"}
    answer = client.post(reverse(f"manage:{act}", args=[owner.pk]), sent)
    assert answer.status_code == 422
    assert "ほかの人に依頼" in answer.content.decode()
    assert Membership.objects.get(pk=owner.pk).role == Role.OWNER
    page = client.get(reverse("manage:person", args=[owner.pk])).content.decode()
    assert "csrfmiddlewaretoken" not in page.partition("<main")[2]


@pytest.mark.parametrize("act", ["role", "leave", "link"])
def test_a_manager_does_not_act_on_an_owner(
    owner: Membership, manager: Membership, act: str
) -> None:
    sent = {"before": "owner", "role": "staff", "sure": "on"}
    client = browser(manager)
    assert client.post(reverse(f"manage:{act}", args=[owner.pk]), sent).status_code == 403
    page = client.get(reverse("manage:person", args=[owner.pk])).content.decode()
    assert "csrfmiddlewaretoken" not in page.partition("<main")[2]


@pytest.mark.parametrize("act", ["person", "role", "leave", "link"])
def test_people_of_another_store_are_not_found(owner: Membership, act: str) -> None:
    stranger = make_membership()
    url = reverse(f"manage:{act}", args=[stranger.pk])
    client = browser(owner)
    answer = client.get(url) if act == "person" else client.post(url, {"sure": "on"})
    assert answer.status_code == 404


def test_the_link_is_shown_once_and_sets_the_password(owner: Membership) -> None:
    client = browser(owner)
    client.post(reverse("manage:people"), typed())
    member = Membership.objects.get(user__username="aoi")
    url = reverse("manage:link", args=[member.pk])
    assert client.get(url).status_code == 405
    answer = client.post(url)
    body = answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    link = "/accounts/password/reset/key/" + body.partition("/reset/key/")[2].partition("<")[0]
    assert link not in client.get(reverse("manage:person", args=[member.pk])).content.decode()
    person = Client()
    page = person.get(link, follow=True)
    there = page.redirect_chain[-1][0]
    assert person.post(there, {"password1": "short", "password2": "short"}).status_code == 200
    good = {"password1": "keyaki to ame 7", "password2": "keyaki to ame 7"}
    done = person.post(there, good, follow=True)
    assert reverse("account_login") in done.content.decode()
    gone = Client().get(link).content.decode()
    assert "使用済みか期限切れ" in gone
    signed_in = person.post(
        reverse("account_login"), {"login": "aoi", "password": "keyaki to ame 7"}, follow=True
    )
    assert signed_in.request["PATH_INFO"] == "/counter/"


def test_a_person_in_the_english_page_gets_an_english_link(owner: Membership) -> None:
    member = make_membership(store=owner.store)
    answer = browser(owner).post(f"/en/manage/people/{member.pk}/link/")
    assert "/en/accounts/password/reset/key/" in answer.content.decode()
