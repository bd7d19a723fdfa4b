"""What leaves the server besides the page itself: headers, titles, addresses, logs, messages.

And what must never be on a page or paper that the seller reads: why we doubt.
"""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser

from buyback.deals.models import Item
from buyback.deals.services import place_hold
from buyback.inspection.services import REJECT_REASONS, reject_item
from buyback.inspection.wording import TABLE as INSPECTION
from buyback.pricing.services import offer
from carriers.checks import wake
from carriers.networks.answer import Mark
from shop.people.policy import Role
from shop.wording import NEUTRAL
from tests.buyback.contracted import prepared, say_yes, show_id, sign, take
from tests.buyback.priced import check_item, inspect, make_ready
from tests.factories import PASSWORD, make_item, make_membership
from tests.scenes import STATES, Scene, addresses, make_scene, signed_in

pytestmark = pytest.mark.django_db

ABOUT_PEOPLE = ("山田", "花子", "ヤマダ", "道玄坂4-5-6", "09012345678", "1990-04-01")
"""What `make_seller` records."""
OWN_DOORS = ("account_login", "account_logout", "account_reset_password", "mfa_index")
ADDRESS_ATTRIBUTES = ("href", "src", "action", "hx-get", "hx-post", "hx-vals")


def pages(scene: Scene) -> list[tuple[str, Any]]:
    """Return every page of ours that answers GET, as the owner gets it, with its name."""
    client = signed_in(scene.owner)
    names = [name for name in addresses() if name != "set_language"]
    found = [(name, client.get(scene.url(name))) for name in names]
    return [(name, answer) for name, answer in found if answer.status_code != 405]


def secrets_of(scene: Scene) -> tuple[str, ...]:
    """Return everything about the seller and the phone that has no place outside the page."""
    item = scene.deal.items.order_by("position")[0]
    return (*ABOUT_PEOPLE, item.imei1)


def test_no_page_of_staff_is_kept_or_framed_or_runs_foreign_script() -> None:
    for name, answer in pages(make_scene()):
        headers = answer.headers
        assert "no-store" in headers.get("Cache-Control", ""), name
        _strict(name, headers)


@pytest.mark.parametrize("path", [*OWN_DOORS, "/admin/", "/admin/login/", "/nothing/", "/%00"])
def test_the_other_doors_are_as_strict(path: str) -> None:
    url = path if path.startswith("/") else reverse(path)
    user = make_membership(role=Role.OWNER).user
    user.is_staff = user.is_superuser = True
    user.save()
    for client in (Client(), Client()):
        answer = client.get(url)
        _strict(path, answer.headers)
        client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})


def _strict(name: str, headers: Any) -> None:
    policy = headers.get("Content-Security-Policy", "")
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert parts["default-src"] == "'none'", name
    assert parts["script-src"] == parts["style-src"] == "'self'", name
    assert parts["frame-ancestors"] == parts["base-uri"] == parts["object-src"] == "'none'", name
    assert parts["form-action"] == "'self'", name
    assert headers["X-Frame-Options"] == "DENY", name
    assert headers["X-Content-Type-Options"] == "nosniff", name
    assert headers["Referrer-Policy"] == "same-origin", name


def test_cookies_are_for_our_server_only() -> None:
    user = make_membership().user
    answer = Client().post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
    session = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert settings.SESSION_ENGINE.endswith(".db"), "a session holds what was searched for"
    assert "redis" not in str(settings.CACHES).lower()


@pytest.mark.parametrize("state", STATES)
def test_titles_and_addresses_name_nobody(state: str) -> None:
    scene = make_scene(state)
    secrets = secrets_of(scene)
    for name, answer in pages(scene):
        body = b"".join(answer) if answer.streaming else answer.content
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        tree = LexborHTMLParser(body.decode())
        outside = [node.text() for node in tree.css("title")]
        for node in tree.css("*"):
            outside += [node.attributes.get(each) or "" for each in ADDRESS_ATTRIBUTES]
        found = [text for text in outside for secret in secrets if secret in text]
        assert found == [], name
        assert not any(secret in answer.headers.get("Location", "") for secret in secrets)


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every line of every logger of ours and Django's, but PostgreSQL's own words."""
    logging.getLogger("request").setLevel(logging.DEBUG)
    with caplog.at_level(logging.INFO):
        yield caplog


def test_no_log_line_names_anybody(everything_logged: pytest.LogCaptureFixture) -> None:
    scene = make_scene()
    client = signed_in(scene.owner)
    everything_logged.clear()
    pages(scene)
    client.post(reverse("counter:search"), {"q": "ヤマダ"})
    wrong = {"family_name": "山田", "phone": "09012345678", "birth_on": "x", "version": "0"}
    client.post(scene.url("counter:seller"), wrong)
    client.post(reverse("counter:new-deal"), {"imei": scene.deal.items.get().imei1})
    Client().post(reverse("account_login"), {"login": "yamada@example.jp", "password": "x"})
    said = "\n".join(f"{line.msg} {line.args}" for line in everything_logged.records)
    assert "counter:seller" in said, "the request line is gone"
    assert [secret for secret in (*secrets_of(scene), "yamada@") if secret in said] == []


def test_a_message_to_the_workers_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(wake, "send", lambda task, pks, **_how: sent.extend(pks))
    monkeypatch.setattr("django.db.transaction.on_commit", lambda act, **_how: act())
    scene = make_scene("open")
    form = {"key": "5f0c1a52-9d3e-4c39-9a0e-2f1d3c4b5a69"}
    assert signed_in(scene.owner).post(scene.url("counter:ask"), form).status_code == 303
    assert all(isinstance(pk, int) for pk in sent)


# --- what the seller reads ---------------------------------------------------------------------
DOUBTS = ("盗品の疑いあり", "doubtful-note-7", "social-engineering-9")
"""What staff write into reasons and notes."""
TURNED = ("counter:quote", "counter:contract")
DOUBTED = ("suspected", "rejected", "accepted", "prepared", "signed", "concluded")


def doubted_scene(state: str) -> Scene:
    """Return a deal of two devices: one refused for suspicion, the other on its way to `state`.

    The first was offered first, so that quotes, contract and history know it as well.
    """
    scene = make_scene("checked")
    deal, actor = scene.deal, scene.owner.user
    make_item(deal=deal)
    make_ready(deal)
    first, second = Item.objects.filter(deal=deal).order_by("position")
    offer(deal_id=deal.pk, actor=actor)
    inspect(first, actor=actor, suspicion="yes", altered_imei="yes")
    check_item(
        Item.objects.select_related("deal__store", "deal__opened_by").get(pk=second.pk),
        marks={"mineo": Mark.UNLISTED},
    )
    if state == "suspected":
        return scene
    neutral = next(code for code in REJECT_REASONS if INSPECTION[code].seller == NEUTRAL)
    reject_item(item_id=first.pk, reason_code=neutral, actor=actor)
    if state in {"accepted", "prepared", "signed", "concluded"}:
        show_id(deal)
        say_yes(deal)
    if state in {"prepared", "signed", "concluded"}:
        contract = prepared(deal)
        if state != "prepared":
            sign(contract)
    if state == "concluded":
        take(deal)
    else:
        place_hold(deal_id=deal.pk, reason=DOUBTS[0], actor=actor)
    return scene


def doubts() -> list[str]:
    """Return the staff's sentences that the seller's wording replaces, in the language now on."""
    told = [(str(said.staff), str(said.seller)) for said in INSPECTION.values()]
    return [staff for staff, seller in told if seller == str(NEUTRAL)] + [*DOUBTS]


def plain(html: str) -> str:
    """Return the text of a page as it is read."""
    return re.sub(r"\s+", " ", LexborHTMLParser(html).text(separator=" "))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("state", DOUBTED)
def test_the_seller_never_reads_why_we_doubt(state: str, language: str) -> None:
    scene = doubted_scene(state)
    client = signed_in(scene.owner)
    client.cookies["django_language"] = language
    with translation.override(language):
        secret = doubts()
        staff = plain(client.get(scene.url("counter:history")).content.decode())
        read = {
            name: client.get(f"{scene.url(name)}?to=seller").content.decode() for name in TURNED
        }
    assert len(secret) > len(DOUBTS), "no sentence is kept from the seller"
    for name, html in read.items():
        assert [words for words in secret if words in html] == [], name
        for code in ("suspicion", "altered", "margin", "fingerprint"):
            assert code not in plain(html).lower(), name
    if state == "concluded":
        paper = PdfReader(io.BytesIO(client.get(scene.url("counter:contract-pdf")).content))
        words = "".join(page.extract_text() for page in paper.pages) + str(paper.metadata)
        assert [each for each in secret if each in words] == []
        first = scene.deal.items.order_by("position")[0]
        assert first.imei1 not in words
    elif state != "suspected":
        assert DOUBTS[0] in staff, "the reason is not even on the staff's page"
