"""Who may open and change what: every address of the project against every kind of person.

The table says it a second time, apart from the code: an address without a row fails, and so does a
row whose view opens to more or fewer roles than the permission it names.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from buyback.counter.policy import Stage
from shop.people.policy import GRANTS, Permission, Role
from tests.factories import make_membership, make_user
from tests.scenes import STATES, Scene, addresses, make_scene, signed_in

pytestmark = pytest.mark.django_db

SEE, TAKE = Permission.SEE_COUNTER, Permission.TAKE_DEALS
ANSWER, INSPECT = Permission.ANSWER_LOOKUPS, Permission.INSPECT
STOCK, LEDGER = Permission.SEE_STOCK, Permission.SEE_LEDGER
MANAGE, COMPANY = Permission.MANAGE, Permission.MANAGE_COMPANY


class Door(NamedTuple):
    """Who may read (GET) and who may change (POST); None: there is no such method here."""

    read: Permission | None
    change: Permission | None = None


PUBLIC = frozenset({"healthz", "readyz", "set_language", "desk:first", "desk:setup"})
"""Open to everybody; `test_public_pages_show_nobody` looks at what they say."""
SIGNED_IN = frozenset({"people:switch-store"})
"""Open to whoever has signed in; it looks itself whose membership was posted."""

DOORS: Mapping[str, Door] = {
    "counter:board": Door(SEE),
    "counter:board-panel": Door(SEE),
    "counter:search": Door(None, SEE),
    "counter:found": Door(SEE),
    "counter:new-deal": Door(TAKE, TAKE),
    "counter:imei-hint": Door(None, TAKE),
    "counter:deal": Door(SEE),
    "counter:history": Door(SEE),
    "counter:cancel": Door(None, TAKE),
    "counter:hold": Door(None, TAKE),
    "counter:lift-hold": Door(None, TAKE),
    "counter:intake": Door(SEE, TAKE),
    "counter:item": Door(SEE, TAKE),
    "counter:return-item": Door(None, TAKE),
    "counter:check": Door(SEE),
    "counter:ask": Door(None, TAKE),
    "counter:check-panel": Door(SEE),
    "counter:evidence": Door(SEE),
    "counter:answer": Door(None, ANSWER),
    "counter:by-hand": Door(None, ANSWER),
    "counter:inspection": Door(SEE),
    "counter:inspect-item": Door(SEE, INSPECT),
    "counter:reject-item": Door(None, INSPECT),
    "counter:quote": Door(SEE),
    "counter:offer": Door(None, INSPECT),
    "counter:accept": Door(None, TAKE),
    "counter:decline": Door(None, TAKE),
    "counter:decline-item": Door(None, TAKE),
    "counter:identity": Door(SEE),
    "counter:seller": Door(None, TAKE),
    "counter:verify": Door(None, TAKE),
    "counter:contract": Door(SEE),
    "counter:prepare": Door(None, TAKE),
    "counter:sign": Door(None, TAKE),
    "counter:contract-pdf": Door(SEE),
    "counter:conclude": Door(None, TAKE),
    "counter:payout": Door(SEE, Permission.PAY),
    "stock:units": Door(STOCK),
    "stock:unit": Door(STOCK),
    "stock:ledger": Door(LEDGER),
    "stock:ledger-print": Door(LEDGER),
    "stock:ledger-csv": Door(LEDGER),
    "manage:index": Door(MANAGE),
    "manage:settings": Door(MANAGE, MANAGE),
    "manage:networks": Door(MANAGE, COMPANY),
    "manage:automatic": Door(MANAGE, MANAGE),
    "manage:texts": Door(MANAGE, MANAGE),
    "manage:prices": Door(MANAGE),
    "manage:people": Door(MANAGE, MANAGE),
    "manage:bring": Door(None, COMPANY),
    "manage:person": Door(MANAGE),
    "manage:role": Door(None, MANAGE),
    "manage:leave": Door(None, MANAGE),
    "manage:link": Door(None, MANAGE),
}
OPENED = frozenset({200, 302, 303})
CHANGED = frozenset({200, 303, 409, 422})
"""What an empty POST gets from a view that let the person in."""
METHODS = ("get", "post")
SUBMITS = re.compile(r'<button(?![^>]*type="button")')


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """Return the answer to a request with nothing in it."""
    answer: HttpResponse = getattr(client, method)(url)
    return answer


def permission_for(name: str, method: str) -> Permission | None:
    return DOORS[name].read if method == "get" else DOORS[name].change


def is_login(answer: HttpResponse) -> bool:
    there = answer.headers.get("Location", "")
    return answer.status_code == 302 and there.startswith(reverse("account_login"))


def test_every_address_has_a_row() -> None:
    assert set(addresses()) == set(DOORS) | PUBLIC | SIGNED_IN


@pytest.mark.parametrize("name", DOORS)
def test_each_role_gets_what_its_permissions_say(name: str) -> None:
    scene = make_scene()
    url, wrong = scene.url(name), []
    for role in Role:
        client = scene.client(role)
        for method in METHODS:
            needed = permission_for(name, method)
            status = ask(client, method, url).status_code
            reads = DOORS[name].read
            if needed is None:
                # The wrong method; who may not even read may be told so first.
                good = status == 405 or (reads not in GRANTS[role] and status == 403)
            elif needed in GRANTS[role]:
                good = status in (OPENED if method == "get" else CHANGED)
            else:
                good = status == 403
            if not good:
                wrong.append((role.value, method, status))
    assert wrong == []


# One scene for all addresses from here on: these requests change nothing.
def test_a_stranger_is_sent_to_the_log_in() -> None:
    scene, stranger = make_scene(), Client()
    for name in [*DOORS, *SIGNED_IN]:
        for method in METHODS:
            answer = ask(stranger, method, scene.url(name))
            assert is_login(answer), (name, method, answer.status_code)


def test_a_person_without_a_role_sees_no_page() -> None:
    scene, client, user = make_scene(), Client(), make_user()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in DOORS:
        for method in METHODS:
            missing = permission_for(name, method) is None
            status = ask(client, method, scene.url(name)).status_code
            assert status in ({403, 405} if missing else {403}), (name, method)


def test_what_belongs_to_another_store_does_not_exist() -> None:
    scene, client = make_scene(), signed_in(make_membership(role=Role.OWNER))
    session = client.session
    session.pop("counter_searches")  # a search belongs to the session that made it
    session.save()
    for name in [name for name in DOORS if addresses()[name]]:
        for method in METHODS:
            missing = permission_for(name, method) is None
            status = ask(client, method, scene.url(name)).status_code
            assert status == (405 if missing else 404), (name, method)


def test_lists_hold_nothing_of_another_store() -> None:
    scene, stranger = make_scene(), signed_in(make_membership(role=Role.OWNER))
    item, seller = scene.deal.items.get(), scene.deal.seller
    assert seller is not None
    secrets = (scene.deal.code, item.imei1, item.imei1[-4:], str(seller), seller.search_kana)
    lists = [name for name in DOORS if DOORS[name].read and not addresses()[name]]
    for name in lists:
        answer = stranger.get(scene.url(name))
        if "html" in answer.headers["Content-Type"]:
            body = answer.content.decode()
            assert [secret for secret in secrets if secret in body] == [], name


def test_no_page_answers_other_methods() -> None:
    scene = make_scene()
    client = signed_in(scene.owner)
    for name in [*DOORS, *SIGNED_IN, *PUBLIC]:
        for method in ("put", "patch", "delete"):
            answer = ask(client, method, scene.url(name))
            # Django's language switch redirects whatever is no POST, and changes nothing.
            assert answer.status_code == (302 if name == "set_language" else 405), (name, method)


def test_whoever_may_get_a_page_may_ask_for_its_head() -> None:
    scene = make_scene()
    client = signed_in(scene.owner)
    for name in [name for name in DOORS if DOORS[name].read]:
        url = scene.url(name)
        assert client.head(url).status_code == client.get(url).status_code, name


def test_no_form_is_taken_from_another_site() -> None:
    scene = make_scene()
    client = signed_in(scene.owner, enforce_csrf_checks=True)
    for name in [name for name in DOORS if DOORS[name].change] + [*SIGNED_IN]:
        assert client.post(scene.url(name)).status_code == 403, name


@pytest.mark.parametrize("name", ["set_language", "desk:setup", "account_login", "account_logout"])
def test_no_public_form_is_taken_from_another_site(name: str) -> None:
    assert Client(enforce_csrf_checks=True).post(reverse(name)).status_code == 403


def test_public_pages_show_nobody() -> None:
    scene = make_scene()
    seller, item = scene.deal.seller, scene.deal.items.get()
    assert seller is not None
    for name in ("healthz", "readyz", "desk:first"):
        answer = Client().get(reverse(name))
        assert answer.status_code == 200
        for secret in (scene.deal.code, item.imei1, str(seller), seller.address):
            assert secret not in answer.content.decode()
    assert Client().get(reverse("desk:setup")).status_code == 404


STAGES = [f"counter:{stage.value}" for stage in Stage] + ["counter:deal", "counter:history"]


@pytest.mark.parametrize("state", STATES)
def test_who_reads_may_read_in_every_state(state: str) -> None:
    scene = make_scene(state)
    client = scene.client(Role.AUDITOR)
    for name in [*STAGES, "counter:item", "counter:inspect-item", "counter:board"]:
        answer = client.get(scene.url(name))
        assert answer.status_code in OPENED, name
        main = answer.content.decode().partition("<main")[2]
        assert not SUBMITS.search(main), f"{name} offers an auditor what would be refused"


def two_deals() -> tuple[Scene, Scene]:
    """Return two deals of one store."""
    mine = make_scene()
    deal = STATES["concluded"](mine.owner, mine.deal.seller)  # type: ignore[arg-type]  # it has one
    return mine, Scene(deal, mine.owner)


@pytest.mark.parametrize("name", ["counter:evidence", "counter:answer", "counter:by-hand"])
def test_a_lookup_is_found_under_its_own_deal_only(name: str) -> None:
    mine, other = two_deals()
    url = mine.url(name).replace(mine.deal.code, other.deal.code)
    method = "get" if DOORS[name].read else "post"
    assert ask(signed_in(mine.owner), method, url).status_code == 404


def test_a_device_or_paper_that_is_not_there_is_not_found() -> None:
    scene = make_scene()
    client = signed_in(scene.owner)
    parts = addresses()
    for name in [name for name in DOORS if {"position", "version"} & set(parts[name])]:
        url = scene.url(name).replace("/items/1/", "/items/2/").replace("/1.pdf", "/2.pdf")
        for method in METHODS:
            if permission_for(name, method):
                assert ask(client, method, url).status_code == 404, (name, method)
