"""The managers' pages: settings, carriers, contract texts, prices, and what needs attention."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from buyback.contracts.models import ContractText, ContractTextAdoption
from buyback.contracts.queries import text_for
from buyback.contracts.services import load_sample_text
from buyback.desk.manage.attention import attention
from buyback.desk.manage.services import OFFERED, adopt_for_store, change_network, change_value
from buyback.desk.manage.wording import NETWORK_NOTES, NetworkNote
from buyback.desk.services import Asking, furnish, set_network_mode
from buyback.pricing.books import load_sample_book
from carriers.checks.models import CheckAnswer, Lookup, NetworkMode
from carriers.checks.policy import Lane, Mode
from carriers.checks.services import network_rules, request_check
from carriers.networks.registry import NETWORKS
from shop.people.models import Membership
from shop.people.policy import Role
from shop.settings_book import DEFINITIONS, Setting, Value, change_setting, read_settings
from tests.factories import fresh_imei, login_as, make_membership

pytestmark = pytest.mark.django_db

PAGES = ("index", "settings", "networks", "texts", "prices", "people")
MOST_QUERIES = 12


@pytest.fixture
def owner() -> Membership:
    member = make_membership(role=Role.OWNER)
    furnish(store=member.store, actor=member.user, adopt=True)
    return member


@pytest.fixture
def manager(owner: Membership) -> Membership:
    return make_membership(store=owner.store, role=Role.MANAGER)


@pytest.fixture(autouse=True)
def in_japanese() -> Iterator[None]:
    with translation.override("ja"):
        yield


def browser(member: Membership) -> Client:
    return login_as(Client(), membership=member)


def today() -> date:
    return timezone.localdate()


def setting(key: str, **changes: Any) -> dict[str, Any]:
    """What the form of a setting sends."""
    typed = {
        "value": "5",
        "valid_from": today().isoformat(),
        "scope": "store",
        "reason": "条例",
        "key": str(uuid4()),
        **changes,
    }
    return {"setting": key, **{f"{key}-{name}": value for name, value in typed.items()}}


def network(code: str, **changes: Any) -> dict[str, Any]:
    """What the form of a network sends."""
    typed = {
        "mode": "assisted",
        "requirement": "required",
        "valid_from": today().isoformat(),
        "reason": "規約を確認",
        "key": str(uuid4()),
        **changes,
    }
    return {"network": code, **{f"{code}-{name}": value for name, value in typed.items()}}


def now_in(member: Membership, key: str) -> Value:
    return read_settings(store=member.store, on=today())[key]


# --- all pages ---------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_stands_in_both_languages(owner: Membership, page: str, language: str) -> None:
    load_sample_book(valid_from=today(), actor=owner.user)
    with translation.override(language):
        url = reverse(f"manage:{page}")
    client = browser(owner)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(url)
    assert answer.status_code == 200
    assert len(asked) <= MOST_QUERIES
    assert f'lang="{language}"' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_only_who_manages_sees_the_way_there(owner: Membership, manager: Membership) -> None:
    link = f'href="{reverse("manage:index")}"'
    for role in Role:
        member = make_membership(store=owner.store, role=role)
        shown = link in browser(member).get(reverse("counter:board")).content.decode()
        assert shown is (role in {Role.MANAGER, Role.OWNER})


# --- settings ----------------------------------------------------------------------------------
@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_setting_is_on_the_page_with_its_words(owner: Membership, key: str) -> None:
    definition = DEFINITIONS[key]
    for language in ("ja", "en"):
        with translation.override(language):
            body = browser(owner).get(reverse("manage:settings")).content.decode()
            for words in (definition.label, definition.help, definition.source):
                assert _in_html(str(words)) in body


def _in_html(text: str) -> str:
    return text.replace("'", "&#x27;")


def test_a_value_holds_from_its_day_and_says_who_and_why(manager: Membership) -> None:
    client, url = browser(manager), reverse("manage:settings")
    later = today() + timedelta(days=3)
    answer = client.post(
        url, setting("quote_valid_days", value="１４", valid_from=later.isoformat())
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    row = Setting.objects.get()
    assert (row.value, row.valid_from, row.reason) == (14, later, "条例")
    assert (row.set_by, row.store) == (manager.user, manager.store)
    assert now_in(manager, "quote_valid_days") == 3
    assert read_settings(store=manager.store, on=later)["quote_valid_days"] == 14
    body = client.get(url).content.decode()
    assert f"{later:%Y-%m-%d}から: 14 日（渋谷店）" in body
    assert "条例" in body


def test_yes_or_no_is_kept_as_such(manager: Membership) -> None:
    sent = setting("takes_at_risk", value="no", valid_from=f"{today():%Y/%m/%d}")
    assert browser(manager).post(reverse("manage:settings"), sent).status_code == 303
    assert now_in(manager, "takes_at_risk") is False


def test_a_full_width_date_is_read(manager: Membership) -> None:
    wide = f"{today():%Y/%m/%d}".translate({ord(str(n)): chr(ord("０") + n) for n in range(10)})
    sent = setting("minimum_age", value="20", valid_from=wide)
    assert browser(manager).post(reverse("manage:settings"), sent).status_code == 303
    assert now_in(manager, "minimum_age") == 20


@pytest.mark.parametrize(
    ("key", "changes", "field"),
    [
        ("minimum_age", {"value": "17"}, "value"),
        ("minimum_age", {"value": "百"}, "value"),
        ("minimum_age", {"value": "1_8"}, "value"),
        ("minimum_age", {"value": "18.0"}, "value"),
        ("minimum_age", {"value": ""}, "value"),
        ("takes_at_risk", {"value": "maybe"}, "value"),
        ("minimum_age", {"valid_from": "2020-01-01"}, "valid_from"),
        ("minimum_age", {"valid_from": "9999-12-31"}, "valid_from"),
        ("minimum_age", {"valid_from": "昨日"}, "valid_from"),
        ("minimum_age", {"value": "20", "reason": " "}, "reason"),
        ("minimum_age", {"value": "20", "reason": "x" * 201}, "reason"),
    ],
)
def test_what_is_refused_is_said_beside_the_field(
    manager: Membership, key: str, changes: dict[str, str], field: str
) -> None:
    sent = setting(key, **{"value": "20", **changes})
    answer = browser(manager).post(reverse("manage:settings"), sent)
    assert answer.status_code == 422
    assert f'id="id_{key}-{field}_error"' in answer.content.decode()
    assert not Setting.objects.exists()


def test_the_same_form_twice_writes_once(manager: Membership) -> None:
    sent, client = setting("minimum_age", value="20"), browser(manager)
    for _time in range(2):
        assert client.post(reverse("manage:settings"), sent).status_code == 303
    assert Setting.objects.count() == 1


def test_only_an_owner_writes_for_all_stores(owner: Membership, manager: Membership) -> None:
    sent = setting("minimum_age", value="20", scope="company")
    # A manager's form has no such field: what is sent anyway counts for the store.
    assert browser(manager).post(reverse("manage:settings"), sent).status_code == 303
    assert Setting.objects.get().store == manager.store
    with pytest.raises(PermissionDenied):
        change_value(
            store_id=manager.store_id,
            everywhere=True,
            key="minimum_age",
            value=20,
            valid_from=today(),
            reason="x",
            actor=manager.user,
        )
    sent = setting("quote_valid_days", value="9", scope="company")
    assert browser(owner).post(reverse("manage:settings"), sent).status_code == 303
    other = make_membership(role=Role.OWNER)
    assert now_in(other, "quote_valid_days") == 9
    assert now_in(other, "minimum_age") == 18


def test_a_stores_value_stands_over_the_companys_and_says_so(owner: Membership) -> None:
    for value, store in ((30, owner.store), (25, None)):
        change_setting(
            key="minimum_age",
            value=value,
            valid_from=today(),
            reason="x",
            actor=owner.user,
            store=store,
        )
    body = browser(owner).get(reverse("manage:settings")).content.decode()
    assert now_in(owner, "minimum_age") == 30
    assert body.count("適用中") == 1
    line = body.partition("適用中")[0].rpartition("<tr>")[2]
    assert "30 歳" in line


def test_a_stranger_to_the_store_writes_nothing(owner: Membership) -> None:
    with pytest.raises(PermissionDenied):
        change_value(
            store_id=owner.store_id,
            everywhere=False,
            key="minimum_age",
            value=20,
            valid_from=today(),
            reason="x",
            actor=make_membership(role=Role.OWNER).user,
        )


@pytest.mark.parametrize("page", ["settings", "networks", "texts"])
def test_a_form_of_nothing_is_told_so(owner: Membership, page: str) -> None:
    answer = browser(owner).post(reverse(f"manage:{page}"), {"setting": "x", "network": "x"})
    assert answer.status_code == 422
    assert "フォーム" in answer.content.decode() or "もう一度" in answer.content.decode()


# --- carriers ----------------------------------------------------------------------------------
def test_a_mode_holds_at_once_and_leaves_what_was_asked(owner: Membership) -> None:
    check = request_check(
        store_id=owner.store_id, imei1=fresh_imei(), imei2="", lane=Lane.COUNTER, actor=owner.user
    )
    before = list(Lookup.objects.order_by("pk").values())
    answers = list(CheckAnswer.objects.filter(check_asked=check).order_by("pk").values())
    sent = network("mineo", mode="off", understood="on")
    assert browser(owner).post(reverse("manage:networks"), sent).status_code == 303
    assert network_rules(now=timezone.now())["mineo"].mode is Mode.OFF
    assert list(Lookup.objects.order_by("pk").values()) == before
    assert list(CheckAnswer.objects.filter(check_asked=check).order_by("pk").values()) == answers
    again = request_check(
        store_id=owner.store_id, imei1=fresh_imei(), imei2="", lane=Lane.COUNTER, actor=owner.user
    )
    assert again.answers.count() == len(NETWORKS) - 1


def test_a_later_day_begins_at_midnight_here(owner: Membership) -> None:
    later = today() + timedelta(days=2)
    row = change_network(
        store_id=owner.store_id,
        network="kddi",
        mode=Mode.ASSISTED,
        required=False,
        valid_from=later,
        reason="x",
        actor=owner.user,
    )
    assert timezone.localtime(row.valid_from).isoformat() == f"{later}T00:00:00+09:00"
    assert network_rules(now=timezone.now())["kddi"].required
    assert not network_rules(now=row.valid_from)["kddi"].required
    assert "適用前" in browser(owner).get(reverse("manage:networks")).content.decode()


@pytest.mark.parametrize(
    "lower", [{"mode": "off"}, {"requirement": "asked"}, {"mode": "off", "requirement": "asked"}]
)
def test_lowering_wants_a_tick(owner: Membership, lower: dict[str, str]) -> None:
    client, url = browser(owner), reverse("manage:networks")
    refused = client.post(url, network("docomo", **lower))
    assert refused.status_code == 422
    assert 'id="id_docomo-understood_error"' in refused.content.decode()
    assert not NetworkMode.objects.exists()
    assert client.post(url, network("docomo", **lower, understood="on")).status_code == 303
    # Back up needs no tick.
    assert client.post(url, network("docomo")).status_code == 303


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "gateway"}, "mode"),
        ({"mode": ""}, "mode"),
        ({"requirement": "never"}, "requirement"),
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_refused_mode_is_said_beside_the_field(
    owner: Membership, changes: dict[str, str], field: str
) -> None:
    sent = network("docomo", **changes, understood="on")
    answer = browser(owner).post(reverse("manage:networks"), sent)
    assert answer.status_code == 422
    assert f'id="id_docomo-{field}_error"' in answer.content.decode()
    assert not NetworkMode.objects.exists()


@pytest.mark.parametrize(
    ("code", "mode", "refusal"),
    [("docomo", Mode.GATEWAY, "no-such-mode"), ("nobody", Mode.OFF, "unknown-network")],
)
def test_the_service_refuses_what_does_not_exist(
    owner: Membership, code: str, mode: Mode, refusal: str
) -> None:
    assert Mode.GATEWAY not in OFFERED
    with pytest.raises(ValidationError) as refused:
        change_network(
            store_id=owner.store_id,
            network=code,
            mode=mode,
            required=True,
            valid_from=today(),
            reason="x",
            actor=owner.user,
        )
    assert refused.value.code == refusal


def test_a_manager_reads_the_modes_and_changes_none(manager: Membership) -> None:
    client, url = browser(manager), reverse("manage:networks")
    assert "csrfmiddlewaretoken" not in client.get(url).content.decode().partition("<main")[2]
    assert client.post(url, network("docomo")).status_code == 403
    assert not NetworkMode.objects.exists()


def test_the_same_mode_twice_is_written_once(owner: Membership) -> None:
    sent, client = network("docomo"), browser(owner)
    for _time in range(2):
        assert client.post(reverse("manage:networks"), sent).status_code == 303
    assert NetworkMode.objects.count() == 1


@pytest.mark.parametrize(
    ("site", "note"),
    [("", NetworkNote.NO_SITE), ("http://127.0.0.1:9", NetworkNote.STAND_IN)],
)
def test_automatic_says_what_it_does_in_fact(
    owner: Membership, settings: Settings, site: str, note: NetworkNote
) -> None:
    settings.STAND_IN_URL = site
    set_network_mode(
        network="kddi", asking=Asking.REQUIRED, reason="x", actor=owner.user, mode=Mode.WEB
    )
    body = browser(owner).get(reverse("manage:networks")).content.decode()
    assert str(NETWORK_NOTES[note]) in body


# --- contract texts ----------------------------------------------------------------------------
def test_a_store_adopts_a_text_by_a_tick() -> None:
    manager = make_membership(role=Role.MANAGER)
    text = load_sample_text()
    client, url, key = browser(manager), reverse("manage:texts"), str(uuid4())
    page = client.get(url).content.decode()
    assert "見本" in page
    for block in text.blocks:
        assert block["title_ja"] in page
        assert _in_html(block["title_en"]) in page
    refused = client.post(url, {"text": text.pk, "key": key})
    assert refused.status_code == 422
    assert not ContractTextAdoption.objects.exists()
    for _time in range(2):
        sent = client.post(url, {"text": text.pk, "key": key, "read": "on"})
        assert sent.status_code == 303
    adopted = ContractTextAdoption.objects.get()
    assert (adopted.store, adopted.adopted_by) == (manager.store, manager.user)
    # Another form for the text that is in use already writes nothing either.
    client.post(url, {"text": text.pk, "key": str(uuid4()), "read": "on"})
    assert ContractTextAdoption.objects.count() == 1


def test_another_text_takes_over_and_the_old_one_may_come_back(owner: Membership) -> None:
    old = load_sample_text()
    new = ContractText.objects.create(
        version="2026-12", is_sample=False, blocks=old.blocks, made_at=timezone.now()
    )
    for text in (new, old):
        adopt_for_store(store_id=owner.store_id, text_id=text.pk, actor=owner.user)
        chosen = text_for(owner.store)
        assert chosen is not None
        assert chosen.text == text
    assert ContractTextAdoption.objects.count() == 3
    other = make_membership(role=Role.MANAGER)
    found = text_for(other.store)
    assert found is None or not found.adopted


@pytest.mark.parametrize("number", ["0", "999999", "x", "", "9" * 30])
def test_a_text_that_is_not_there_is_not_adopted(owner: Membership, number: str) -> None:
    count = ContractTextAdoption.objects.count()
    sent = {"text": number, "key": str(uuid4()), "read": "on"}
    assert browser(owner).post(reverse("manage:texts"), sent).status_code == 422
    assert ContractTextAdoption.objects.count() == count


# --- prices and the overview -------------------------------------------------------------------
def test_the_book_is_there_to_read(manager: Membership) -> None:
    load_sample_book(valid_from=today(), actor=manager.user)
    body = browser(manager).get(reverse("manage:prices")).content.decode()
    for text in ("見本", "iPhone 14 128GB", "66,500円", "画面", "30%", "load_price_book"):
        assert text in body
    assert "csrfmiddlewaretoken" not in body.partition("<main")[2]


def test_a_book_that_begins_later_is_announced(manager: Membership) -> None:
    later = today() + timedelta(days=9)
    load_sample_book(valid_from=later, actor=manager.user)
    body = browser(manager).get(reverse("manage:prices")).content.decode()
    assert f"{later:%Y-%m-%d}から" in body
    assert "66,500円" not in body


def looks(member: Membership) -> dict[str, list[str]]:
    """Return page → looks of its lines on the overview."""
    found: dict[str, list[str]] = {}
    for line in attention(member.store, now=timezone.now()):
        found.setdefault(line.page.partition(":")[2], []).append(line.look)
    return found


def test_a_bare_shop_is_told_what_stops_deals() -> None:
    member = make_membership(role=Role.OWNER)
    found = looks(member)
    assert found["prices"] == ["no"]
    assert found["texts"] == ["no"]
    assert found["people"] == ["wait"]
    assert found["networks"] == ["ok", "note"]
    for code in NETWORKS:
        set_network_mode(network=code, asking=Asking.OFF, reason="x", actor=member.user)
    assert looks(member)["networks"] == ["no"]


def test_samples_and_looser_carriers_are_things_to_do(owner: Membership) -> None:
    load_sample_book(valid_from=today(), actor=owner.user)
    set_network_mode(network="kddi", asking=Asking.ASKED, reason="x", actor=owner.user)
    set_network_mode(network="mineo", asking=Asking.OFF, reason="x", actor=owner.user)
    found = looks(owner)
    assert found["prices"] == ["wait", "wait"]
    assert found["texts"] == ["wait"]
    assert found["networks"] == ["wait", "wait", "ok", "note"]


def test_a_setting_that_begins_later_is_announced(owner: Membership) -> None:
    change_setting(
        key="minimum_age",
        value=20,
        valid_from=today() + timedelta(days=1),
        reason="x",
        actor=owner.user,
        store=None,
    )
    assert looks(owner)["settings"] == ["note"]


# --- what no person would type -----------------------------------------------------------------
HOSTILE = (
    "",
    "\x00",
    "９" * 5_000,
    "-1",
    "1e9",
    "²",
    "٣",
    "<b>{{ 7 }}%(x)s",
    "0001-01-01",
    "あ" * 10_000,
)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_breaks_a_form(owner: Membership, value: str) -> None:
    client = browser(owner)
    forms = {
        "settings": setting("minimum_age", value="20"),
        "networks": network("docomo", understood="on"),
        "texts": {"text": "1", "read": "on", "key": str(uuid4())},
        "people": {"family_name": "見", "given_name": "本", "username": "aoi", "role": "staff"},
        "bring": {"bring-person": str(owner.user_id), "bring-role": "staff"},
    }
    for page, sent in forms.items():
        for field in sent:
            answer = client.post(reverse(f"manage:{page}"), {**sent, field: value})
            assert answer.status_code in {303, 422}, (page, field)
            assert "<b>" not in answer.content.decode().partition("<main")[2]
