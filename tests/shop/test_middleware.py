"""What holds for every page: the log-in, caches, plain addresses, and logs without people."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from buyback.deals.models import Item
from config.logs import mask_personal_data
from shop.keyset import page_of
from shop.people.models import Membership
from tests.factories import PASSWORD, login_as, make_deal, make_membership

pytestmark = pytest.mark.django_db
BOARD = "counter:board-panel"
HERE = "http://testserver"


def way_back(url: str) -> str:
    """Return where the log-in at `url` leads to afterwards."""
    parts = urlsplit(url)
    assert parts.path == reverse("account_login")
    return parse_qs(parts.query)["next"][0]


def test_a_fragment_without_a_session_moves_the_whole_page_to_the_log_in() -> None:
    page = f"{HERE}/counter/?a=1"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    for ask in (Client().get, Client().post):
        answer = ask(reverse(BOARD), headers=headers)
        assert (answer.status_code, answer.content) == (401, b"")
        assert way_back(answer.headers["HX-Redirect"]) == "/counter/?a=1"


@pytest.mark.parametrize("named", ["https://evil.example/x", "javascript:alert(1)", "", "http://["])
def test_the_way_back_never_leads_elsewhere(named: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": named, "Referer": named}
    answer = Client().get(reverse(BOARD), headers=headers)
    assert way_back(answer.headers["HX-Redirect"]) == "/"


def test_a_form_without_a_session_leads_back_to_its_page() -> None:
    deal = make_deal()
    page = reverse("counter:quote", args=[deal.code])
    answer = Client().post(reverse("counter:offer", args=[deal.code]), HTTP_REFERER=HERE + page)
    assert answer.status_code == 302
    assert way_back(answer.headers["Location"]) == page


def test_a_page_without_a_session_leads_back_to_itself() -> None:
    answer = Client().get(reverse("stock:units") + "?state=sold")
    assert way_back(answer.headers["Location"]) == "/stock/?state=sold"


def test_the_browser_forgets_at_log_out(client: Client) -> None:
    login_as(client, membership=make_membership())
    page = client.get(reverse("counter:board"))
    assert page.headers["Cache-Control"] == "no-store"
    assert "Clear-Site-Data" not in page.headers
    left = client.post(reverse("account_logout"))
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/").headers


@pytest.mark.parametrize(
    "path", ["/%00", "/counter/deals/%00/", "/stock/units/a%00b/", "/stock/?before=%00", "/?x=a%00"]
)
def test_an_address_with_nul_is_refused(client: Client, path: str) -> None:
    login_as(client, membership=make_membership())
    assert client.get(path).status_code == 400


def test_a_cookie_with_nul_is_refused(client: Client) -> None:
    client.cookies.load({"session": "abcdefgh\x00"})
    assert client.get(reverse("counter:board")).status_code == 400


def test_a_session_does_not_survive_the_log_in(client: Client) -> None:
    member = make_membership()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    answer = client.post(
        reverse("account_login"), {"login": member.user.username, "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert client.session.session_key != before


def test_guessing_passwords_ends_soon_and_tells_nothing() -> None:
    member = make_membership()
    said: list[str] = []
    for name in (member.user.username, "nobody-of-that-name"):
        client = Client()
        wrong = {"login": name, "password": "wrong"}
        tries = [client.post(reverse("account_login"), wrong) for _ in range(7)]
        said += [_problem(tries[0]), _problem(tries[-1])]
    assert said[0] == said[2]
    assert said[1] == said[3] != said[0]
    right = {"login": member.user.username, "password": PASSWORD}
    assert "_auth_user_id" not in Client().session
    assert Client().post(reverse("account_login"), right).status_code != 302


def _problem(answer: object) -> str:
    form = getattr(answer, "context_data", {}).get("form")
    return str(form.errors) if form else "turned away"


@pytest.mark.parametrize(
    "number", ["", "-1", "１２", "9" * 25, "9" * 5000, "1' OR 1=1", "\x00", "1\x00"]
)
def test_no_number_breaks_the_store_switch(client: Client, number: str) -> None:
    login_as(client, membership=make_membership())
    answer = client.post(reverse("people:switch-store"), {"membership": number})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "_",
        "2026-01-01_1",
        "2026-01-01T00:00:00_1",
        "0001-01-01T00:00:00+14:00_1",
        "9999-12-31T23:59:59-14:00_1",
        "2026-01-01T00:00:00+00:00_" + "9" * 5000,
        "2026-01-01T00:00:00+00:00_" + "9" * 25,
        "２０２６-01-01T00:00:00+00:00_１",
    ],
)
def test_a_broken_cursor_gives_the_first_page(cursor: str) -> None:
    member = make_membership()
    for before, after in ((cursor, ""), ("", cursor)):
        page = page_of(
            Membership.objects.all(), field="created_at", size=5, before=before, after=after
        )
        assert page.rows == (member,)


def test_the_row_that_postgresql_quotes_stays_out_of_the_log() -> None:
    deal = make_deal(colour="秘密の色")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Item.objects.filter(deal=deal).update(state="秘密の状態")
    assert "秘密の色" in str(refused.value), "PostgreSQL no longer quotes the row"
    event = {"event": f"failed: {refused.value}", "exception": f"Traceback\n{refused.value}"}
    said = str(mask_personal_data(logging.getLogger(), "error", event))
    assert "秘密の" not in said
    assert "violates check constraint" in said


def test_an_address_of_a_form_shows_the_way_back(client: Client) -> None:
    member = make_membership()
    page = login_as(client, membership=member).get("/counter/search/")
    assert page.status_code == 405
    assert 'href="/counter/"' in page.content.decode()
    assert client.get("/counter/search/", headers={"HX-Request": "true"}).content == b""
