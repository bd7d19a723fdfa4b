"""People, stores and the one company; and working in another store."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from shop.people.access import SESSION_KEY
from shop.people.models import Company, Membership
from shop.people.policy import Role
from shop.people.services import (
    create_company,
    create_member,
    create_store,
    plain_digits,
    set_password,
)
from tests.cluster import Database
from tests.factories import PASSWORD, login_as, make_company, make_membership, make_store, make_user
from tests.together import together

COMPANY = {
    "name": "株式会社見本",
    "name_en": "",
    "permit_number": "第１２３４５６７８９０１２号",
    "commission": "東京都公安委員会",
    "invoice_number": "Ｔ1234567890123",
}
STORE: dict[str, Any] = {
    "letter": "ｓ",
    "name_ja": "渋谷店",
    "name_en": "",
    "address": "東京都渋谷区1-1",
    "prefecture": "東京都",
    "manager_name": "見本 花子",
}


def test_digits_of_a_permit_are_read_in_any_width() -> None:
    assert plain_digits(" 第３０１-234 567890号 ") == "301234567890"
    assert plain_digits("30123456789x") == "30123456789x"


@pytest.mark.django_db
def test_the_company_is_made_once() -> None:
    company = create_company(**COMPANY)
    assert (company.permit_number, company.invoice_number) == ("123456789012", "T1234567890123")
    with pytest.raises(ValidationError) as refused:
        create_company(**COMPANY)
    assert refused.value.code == "already-set-up"


def test_two_set_ups_at_once_make_one_company(fresh_db: Database) -> None:
    results = together(lambda: create_company(**COMPANY), lambda: create_company(**COMPANY))
    assert sorted(type(result).__name__ for result in results) == ["Company", "ValidationError"]
    assert Company.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["12345678901", "1234567890123", "一二三四五六七八九〇一二", ""])
def test_a_permit_number_has_twelve_digits(number: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create_company(**{**COMPANY, "permit_number": number})
    assert "permit_number" in refused.value.message_dict


@pytest.mark.django_db
@pytest.mark.parametrize("letter", ["I", "O", "1", "あ", "AB", ""])
def test_a_store_has_a_letter_that_reads_aloud(letter: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create_store(company=make_company(), **{**STORE, "letter": letter})
    assert "letter" in refused.value.message_dict


@pytest.mark.django_db
def test_a_store_comes_with_its_drawers() -> None:
    store = create_store(company=make_company(), **STORE, drawers=("レジ1", "レジ2"))
    assert (store.letter, store.name_en) == ("S", "渋谷店")
    assert sorted(drawer.name for drawer in store.drawers.all()) == ["レジ1", "レジ2"]


@pytest.mark.django_db
def test_a_member_gets_a_role_and_a_good_password() -> None:
    store = make_store()
    with pytest.raises(ValidationError) as refused:
        create_member(
            username="aoi",
            full_name="見本 葵",
            email="",
            password="short",
            roles={store: Role.STAFF},
        )
    assert "password" in refused.value.message_dict
    user = create_member(
        username="aoi", full_name="見本 葵", email="", password=PASSWORD, roles={store: Role.STAFF}
    )
    assert (user.get_full_name(), user.check_password(PASSWORD)) == ("見本 葵", True)
    assert Membership.objects.get(user=user).role == Role.STAFF
    with pytest.raises(ValidationError) as twice:
        create_member(username="aoi", full_name="", email="", password=PASSWORD, roles={})
    assert "username" in twice.value.message_dict


@pytest.mark.django_db
def test_a_mail_address_belongs_to_one_person() -> None:
    create_member(username="a", full_name="", email="a@example.jp", password=PASSWORD, roles={})
    with pytest.raises(ValidationError) as refused:
        create_member(username="b", full_name="", email="A@example.jp", password=PASSWORD, roles={})
    assert "email" in refused.value.message_dict


@pytest.mark.django_db
def test_a_new_password_follows_the_policy() -> None:
    user = make_user()
    with pytest.raises(ValidationError):
        set_password(user=user, password="password1234")
    set_password(user=user, password="keyaki to ame 7")
    user.refresh_from_db()
    assert user.check_password("keyaki to ame 7")


@pytest.mark.django_db
def test_a_person_works_in_one_store_at_a_time(client: Client) -> None:
    here = make_membership(store=make_store(letter="S"))
    there = make_membership(store=make_store(letter="U"), user=here.user)
    login_as(client, membership=here)
    answer = client.post(
        reverse("people:switch-store"),
        {"membership": there.pk, "next": "/en/counter/deals/S1123-ABC4/check/"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/counter/")
    assert client.session[SESSION_KEY] == there.store_id


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", ""])
def test_switching_never_leads_away(client: Client, target: str) -> None:
    here = make_membership()
    login_as(client, membership=here)
    answer = client.post(reverse("people:switch-store"), {"membership": here.pk, "next": target})
    assert answer.headers["Location"] == "/counter/"


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["other", "x", "", "²"])
def test_another_persons_membership_is_not_found(client: Client, chosen: str) -> None:
    login_as(client, membership=make_membership())
    other = make_membership()
    answer = client.post(
        reverse("people:switch-store"),
        {"membership": other.pk if chosen == "other" else chosen},
    )
    assert answer.status_code == 404


@pytest.mark.django_db
def test_switching_is_a_post_for_people_signed_in(client: Client) -> None:
    assert client.post(reverse("people:switch-store")).status_code == 302
    login_as(client, membership=make_membership())
    assert client.get(reverse("people:switch-store")).status_code == 405
