"""Every field of every form, and every query string, against what no person would type.

The forms are read off the pages themselves in every state of a deal, so a new field is tried
without being named here. Whatever is sent, the answer is a page with a sentence, never a crash.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser, LexborNode

from buyback.contracts.models import Signature
from buyback.contracts.services import LONGEST_STROKES
from buyback.desk.token import setup_token
from carriers.imei import demo_imei
from inventory.units.models import Unit
from tests.buyback.contracted import PEN, fresh, prepared, show_id, sign, take
from tests.scenes import STATES, Scene, addresses, make_scene, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.faults]

VALUES: tuple[str, ...] = (
    "",
    "\x00",
    "a\x00b",
    "𠮷😀𩸽",
    "あ" * 10_000,
    "9" * 5_000,
    "9" * 25,
    "-1",
    "1e999",
    "NaN",
    "²",
    "٣٤٥٦٧٨٩٠١٢٣٤٥٦٧",
    "\u202e\u200b\ufeff\u2028",
    "\x1b[2J\x07\r\n\t",
    "<script>alert(1)</script>{{ 7|add:7 }}{% debug %}%(x)s%n",
    "'; DROP TABLE auth_user; --",
    '=HYPERLINK("http://evil.example")',
    '#eval("1pt") $x$ *b* @a <b> \\ " #read("/etc/passwd")',
    "0001-01-01",
    "9999-12-31",
    "00000000",
    "[" * 5_000,
    "[" + "[]," * 2_000 + "[]]",
    '[[{"x":1e400,"y":null,"t":"x"}]]',
)

GOOD = {
    "reason": "確認のため",
    "reject-reason": "returned",
    "family_name": "山田",
    "given_name": "花子",
    "family_kana": "ヤマダ",
    "given_kana": "ハナコ",
    "birth_on": "1990-04-01",
    "postal_code": "1500043",
    "address": "東京都渋谷区道玄坂4-5-6",
    "phone": "09012345678",
    "occupation": "employee",
    "expires_on": "2099-01-01",
    "mark": "clear",
    "q": "1013",
    "imei": demo_imei(499_999).digits,
    "strokes": PEN,
}
"""What a person would type into an empty field, so that the other fields reach the service."""

ANSWERS = frozenset({200, 302, 303, 404, 409, 422, 429})
EXPLAINS = re.compile(rb'class="error"|role="alert"')
PAGES = ("intake", "item", "check", "inspect-item", "quote", "identity", "contract", "payout")
MANAGED = ("settings", "networks", "texts", "people", "person")
EVERY_PAGE = [
    *(f"counter:{name}" for name in (*PAGES, "history", "evidence", "new-deal", "board")),
    *(f"manage:{name}" for name in MANAGED),
]


@dataclass(frozen=True)
class Form:
    """One form of a page as a browser would send it: where to, and what its fields hold."""

    action: str
    fields: dict[str, str]

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes two forms the same: the last part of the address and the fields."""
        return (self.action.rstrip("/").rpartition("/")[2], *sorted(self.fields))


def forms_of(html: str, page: str) -> Iterator[Form]:
    """Read every POST form of a page."""
    for form in LexborHTMLParser(html).css("form"):
        if (form.attributes.get("method") or "").lower() != "post":
            continue
        fields: dict[str, str] = {}
        for field in form.css("input[name], select[name], textarea[name], button[name]"):
            name = field.attributes["name"] or ""
            if name == "csrfmiddlewaretoken" or (_is_choice(field) and fields.get(name)):
                continue
            fields[name] = _value(field) or GOOD.get(name, "")
        yield Form(form.attributes.get("action") or page, fields)


def _is_choice(field: LexborNode) -> bool:
    return field.attributes.get("type") in {"radio", "submit"} or field.tag == "button"


def _value(field: LexborNode) -> str:
    if field.tag == "select":
        chosen = field.css_first("option[selected]") or field.css("option")[-1]
        return chosen.attributes.get("value") or ""
    if field.attributes.get("type") == "checkbox":
        return field.attributes.get("value") or "on"
    return field.attributes.get("value") or ""


def attack(client: Client, form: Form) -> list[str]:
    """Post hostile values in every field, one at a time and each from the same state.

    In a form of several fields each takes a part of the values and the next field another part:
    every kind of value meets every form, in a fraction of the time. Returns what went wrong.
    """
    wrong, parts = [], min(len(form.fields), 6)
    for place, name in enumerate(form.fields):
        for value in VALUES[place % parts :: parts]:
            with transaction.atomic():
                answer = client.post(form.action, {**form.fields, name: value})
                transaction.set_rollback(True)
            said = f"{form.action} {name}={value[:30]!r}: {answer.status_code}"
            if answer.status_code not in ANSWERS:
                wrong.append(said)
            elif b"<script>alert" in answer.content:
                wrong.append(f"{said}, not escaped")
            elif answer.status_code == 422 and not EXPLAINS.search(answer.content):
                wrong.append(f"{said}, no sentence")
    return wrong


def test_no_field_of_any_form_breaks_its_page() -> None:
    tried: set[tuple[str, ...]] = set()
    wrong: list[str] = []
    for state in STATES:
        scene = make_scene(state)
        client = signed_in(scene.owner)
        for name in EVERY_PAGE:
            url = scene.url(name) + ("?another=1" if name == "counter:intake" else "")
            for form in forms_of(client.get(url).content.decode(), url):
                if form.shape not in tried and form.fields:
                    tried.add(form.shape)
                    wrong += attack(client, form)
    assert wrong == []
    assert {shape[0] for shape in tried} >= {
        *("intake", "new", "seller", "verify", "inspection", "reject", "offer", "accept"),
        *("prepare", "sign", "conclude", "payout", "hold", "cancel", "ask", "return"),
    }


@pytest.mark.parametrize("name", ["desk:setup", "account_login", "account_reset_password"])
def test_no_field_of_a_public_form_breaks_its_page(name: str) -> None:
    client, url = Client(), reverse(name)
    forms = forms_of(client.get(url).content.decode(), url)
    # Django's own JSON field, behind the passkey button, is not ours to judge.
    found = [form for form in forms if "credential" not in form.fields]
    for form in found:
        if "token" in form.fields:
            form.fields["token"] = setup_token()
        assert attack(client, form) == []
    assert found


QUERIES = ("before", "after", "first", "last", "state", "n", "seen", "done", "another", "to")


@pytest.mark.parametrize("name", [n for n in addresses() if n != "set_language"])
def test_no_query_string_breaks_a_page(name: str) -> None:
    scene = make_scene()
    client, url = signed_in(scene.owner), scene.url(name)
    odd = [*VALUES, "2026-01-01T00:00:00+00:00_" + "9" * 5_000, "2026-01-01_" + "9" * 18]
    for value in odd if name.startswith(("stock:", "counter:check-panel")) else odd[:8]:
        answer = client.get(url, dict.fromkeys(QUERIES, value))
        assert answer.status_code < 500, (name, value[:30])


@pytest.mark.parametrize("language", ["xx", "\x00", "あ" * 10_000, "../../", "ja\r\nX: 1"])
def test_no_language_breaks_the_switch(client: Client, language: str) -> None:
    answer = client.post(reverse("set_language"), {"language": language, "next": "//evil.example"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_a_flood_of_ink_is_refused_before_it_is_read() -> None:
    scene = make_scene("prepared")
    client = signed_in(scene.owner)
    page = client.get(scene.url("counter:contract")).content.decode()
    form = next(form for form in forms_of(page, "") if "strokes" in form.fields)
    flood = "[" + "[]," * (LONGEST_STROKES // 3) + "[]]"
    answer = client.post(form.action, {**form.fields, "strokes": flood})
    assert answer.status_code == 422
    assert flood[:100] not in answer.content.decode()
    assert not Signature.objects.exists()
    huge = client.post(form.action, {**form.fields, "strokes": flood * 5})
    assert huge.status_code == 400


HOSTILE_NAME = '<b>#read("x")</b>'
HOSTILE_ADDRESS = '東京都渋谷区*太字* #eval("1") $x^2$ \\ @cite <tag> {{ 7 }} =1+1'


def test_what_a_seller_declares_is_never_run() -> None:
    """On the page, on the contract's paper, in the ledger's paper and in its CSV."""
    scene = make_scene("checked")
    seller = scene.deal.seller
    assert seller is not None
    seller.family_name, seller.given_name = "=1+1", HOSTILE_NAME
    seller.address, seller.version = HOSTILE_ADDRESS, seller.version + 1
    seller.save()
    finish(scene)
    client = signed_in(scene.owner)
    for name in (*EVERY_PAGE[:8], "stock:ledger", "counter:board"):
        assert "<b>#read" not in client.get(scene.url(name)).content.decode(), name
    for name in ("counter:contract-pdf", "stock:ledger-print"):
        answer = client.get(scene.url(name))
        assert (answer.status_code, answer.content[:4]) == (200, b"%PDF"), name
    lines = client.get(scene.url("stock:ledger-csv")).getvalue().decode().split("\r\n")
    assert "'=1+1" in lines[1]


def finish(scene: Scene) -> None:
    """Bring a checked deal to its conclusion."""
    client = signed_in(scene.owner)
    show_id(fresh(scene.deal))
    for name in ("offer", "accept"):
        page = client.get(scene.url("counter:quote")).content.decode()
        form = next(f for f in forms_of(page, "") if f.action.endswith(f"/{name}/"))
        assert client.post(form.action, form.fields).status_code == 303
    sign(prepared(fresh(scene.deal)))
    take(fresh(scene.deal))
    assert Unit.objects.exists()
