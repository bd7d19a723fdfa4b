"""The first page, and setting up a real shop: once, by who reads the terminal, all or nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django.fixtures import Settings

from buyback.contracts.models import ContractTextAdoption
from buyback.desk.demo.wording import ROAD
from buyback.desk.forms import PREFECTURES, SetUpForm
from buyback.desk.services import set_up
from buyback.desk.token import is_setup_token, setup_token
from buyback.identity.models import IdentityMethod
from buyback.pricing.models import PriceBook
from carriers.checks.models import NetworkMode
from carriers.checks.services import network_rules
from carriers.networks.registry import NETWORKS
from carriers.sandbox.script import Road
from inventory.catalogue.models import Variant
from shop.people.models import Company, Drawer, Membership, Store
from shop.people.policy import Role
from tests.cluster import Database
from tests.factories import make_company, make_membership
from tests.together import together


def answers(**changes: Any) -> dict[str, Any]:
    """What a person types into the form; None leaves a field out."""
    typed = {
        "token": setup_token(),
        "company_name": "株式会社テスト買取",
        "company_name_en": "",
        "permit_number": "第３０１２３４５６７８９０号",
        "commission": "東京都公安委員会",
        "invoice_number": "",
        "store_name_ja": "渋谷店",
        "store_name_en": "",
        "letter": "S",
        "prefecture": "東京都",
        "address": "東京都渋谷区道玄坂1-2-3",
        "phone": "",
        "manager_name": "管理 太郎",
        "drawer": "レジ1",
        "people_on_duty": "several",
        "full_name": "主 花子",
        "username": "owner",
        "email": "owner@example.jp",
        "password": "keyaki to ame 7",
        "password_again": "keyaki to ame 7",
        **{f"network_{network}": "required" for network in NETWORKS},
    }
    return {key: value for key, value in {**typed, **changes}.items() if value is not None}


@pytest.fixture(autouse=True)
def in_japanese() -> Any:
    with translation.override("ja"):
        yield


@pytest.mark.django_db
def test_a_fresh_installation_is_set_up_once(client: Client) -> None:
    assert client.get(reverse("desk:setup")).status_code == 200
    done = client.post(
        reverse("desk:setup"),
        answers(
            sample_prices="on",
            adopt_sample_text="on",
            network_mineo="off",
            network_kddi="asked",
        ),
    )
    assert done.status_code == 303
    assert done.headers["Location"].startswith(reverse("account_login"))
    assert "2fa" in done.headers["Location"]
    store, owner = Store.objects.get(), User.objects.get()
    assert (Company.objects.get().permit_number, store.letter) == ("301234567890", "S")
    assert Membership.objects.get(user=owner, store=store).role == Role.OWNER
    assert Drawer.objects.get().name == "レジ1"
    assert Variant.objects.filter(verified_on=None).count() == 30
    assert PriceBook.objects.get().is_sample
    assert IdentityMethod.objects.exists()
    assert ContractTextAdoption.objects.get().adopted_by == owner
    modes = {row.network: (row.mode, row.requirement) for row in NetworkMode.objects.all()}
    assert modes["docomo"] == ("assisted", "required")
    assert modes["kddi"] == ("assisted", "asked")
    assert modes["mineo"][0] == "off"
    assert client.get(reverse("desk:setup")).status_code == 404
    assert client.post(reverse("desk:setup"), answers(token="x")).status_code == 404


@pytest.mark.django_db
def test_nothing_is_assumed_that_was_not_ticked(client: Client) -> None:
    client.post(reverse("desk:setup"), answers())
    assert Company.objects.exists()
    assert not PriceBook.objects.exists()
    assert not ContractTextAdoption.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"token": "0000-0000-0000-0000-0000-0000"}, "token"),
        ({"permit_number": "12345"}, "permit_number"),
        ({"company_name": ""}, "company_name"),
        ({"invoice_number": "T123"}, "invoice_number"),
        ({"letter": "O"}, "letter"),
        ({"prefecture": "東京"}, "prefecture"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "owner@example.jp", "password_again": "owner@example.jp"}, "password"),
        ({"password_again": "another one 77"}, "password_again"),
        ({"email": "nobody"}, "email"),
        ({"network_docomo": "web"}, "network_docomo"),
        ({"network_kddi": None}, "network_kddi"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_stands(
    client: Client, changes: dict[str, Any], field: str
) -> None:
    answer = client.post(reverse("desk:setup"), answers(**changes))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not Company.objects.exists()
    assert not User.objects.exists()
    assert "keyaki" not in answer.content.decode()


@pytest.mark.django_db
def test_the_same_form_sent_twice_goes_where_the_first_went(client: Client) -> None:
    first = client.post(reverse("desk:setup"), answers())
    second = client.post(reverse("desk:setup"), answers())
    assert (second.status_code, second.headers["Location"]) == (303, first.headers["Location"])
    assert Company.objects.count() == 1


def test_two_forms_at_once_make_one_shop(fresh_db: Database) -> None:
    form = SetUpForm(answers())
    assert form.is_valid()
    results = together(*[lambda: set_up(form.answers()) for _ in range(2)])
    assert sorted(type(result).__name__ for result in results) == ["User", "ValidationError"]
    assert (Store.objects.count(), User.objects.count(), NetworkMode.objects.count()) == (1, 1, 5)


@pytest.mark.django_db
def test_the_token_belongs_to_this_installation(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    token = setup_token()
    assert is_setup_token(f" {token.upper()} ")
    assert is_setup_token(token.replace("-", " "))
    assert not is_setup_token("")
    assert not is_setup_token("é" * 24)
    call_command("setup_token")
    assert token in capsys.readouterr().out
    settings.SECRET_KEY = "another secret " * 5
    assert not is_setup_token(token)
    make_company()
    call_command("setup_token")
    assert "already" in capsys.readouterr().out


def test_there_are_47_prefectures() -> None:
    assert len(PREFECTURES.split()) == 47


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_demos_first_page_shows_every_road_and_no_password(
    client: Client, settings: Settings, language: str
) -> None:
    settings.DEMO = True
    member = make_membership(role=Role.MANAGER)
    page = client.get(f"{language}/").content.decode()
    assert "001001000001013" in page
    assert member.user.username in page
    assert ("見本" if not language else "sample") in page
    assert page.count("data-copy=") == len(Road) + 1  # one road has two IMEIs


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_road_has_a_sentence(language: str) -> None:
    with translation.override(language):
        sentences = [str(ROAD[road]) for road in Road]
    assert len(set(sentences)) == len(Road)


@pytest.mark.django_db
def test_a_real_shop_shows_its_permit_and_nothing_of_the_demo(
    client: Client, settings: Settings
) -> None:
    settings.DEMO = False
    fresh = client.get("/").content.decode()
    assert reverse("desk:setup") in fresh
    member = make_membership()
    page = client.get("/").content.decode()
    for text in ("株式会社テスト買取", "東京都公安委員会", "301234567890"):
        assert text in page
    assert "data-copy" not in page
    assert member.user.username not in page


@pytest.mark.django_db
def test_a_new_shop_asks_every_network_by_hand(client: Client) -> None:
    client.post(reverse("desk:setup"), answers(network_mineo="off"))
    moment = NetworkMode.objects.latest("valid_from").valid_from
    rules = network_rules(now=moment)
    assert {network: rule.mode for network, rule in rules.items()} == {
        **dict.fromkeys(NETWORKS, "assisted"),
        "mineo": "off",
    }
