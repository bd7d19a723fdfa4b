"""The check page: every state in both languages, who may do what, polling and its caps."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from buyback.counter.views.check import FAST_POLLS, MAX_POLLS, poll_after
from buyback.deals.checking import ask_carriers
from buyback.deals.models import Deal, DealEvent, Item
from buyback.deals.policy import EventKind
from carriers.checks import tasks
from carriers.checks.models import Check, Lookup
from carriers.checks.policy import LookupState, Mode
from carriers.networks.answer import Failure, Mark
from carriers.networks.registry import NETWORKS
from carriers.sandbox.script import Fault, Reply, Sign
from carriers.sandbox.server import StandIn
from shop.people.models import Membership
from shop.people.policy import Role
from tests.buyback.contracted import concluded_deal
from tests.carriers.lookups import leased, set_all
from tests.factories import login_as, make_deal, make_item, make_membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership()


@pytest.fixture
def deal(member: Membership) -> Deal:
    return make_deal(membership=member)


@pytest.fixture
def item(deal: Deal) -> Item:
    return deal.items.get()


@pytest.fixture
def staff(client: Client, member: Membership) -> Client:
    return login_as(client, membership=member)


@pytest.fixture
def site(settings: LazySettings, slots: str) -> Iterator[StandIn]:
    with StandIn(lambda digits, name: Reply(Sign.CIRCLE)) as stand_in:
        settings.STAND_IN_URL = stand_in.url
        set_all(Mode.WEB)
        yield stand_in


def url(name: str, deal: Deal, *more: int, language: str = "ja") -> str:
    with translation.override(language):
        return reverse(f"counter:{name}", args=[deal.code, *more])


def page(client: Client, deal: Deal, language: str = "ja") -> str:
    response = client.get(url("check", deal, language=language))
    assert response.status_code == 200
    return response.content.decode()


def lookups(item: Item) -> QuerySet[Lookup]:
    item.refresh_from_db()
    return Lookup.objects.filter(imei=item.imei1).order_by("pk")


def ask(item: Item, member: Membership, *, again: bool = False) -> Check:
    return ask_carriers(item_id=item.pk, actor=member.user, again=again)


def test_before_the_first_question_it_offers_to_ask(staff: Client, deal: Deal) -> None:
    assert "通信事業者に照会する" in page(staff, deal)
    assert "Ask the carriers" in page(staff, deal, "en")


def test_asking_makes_a_check_and_a_line_of_history(staff: Client, deal: Deal, item: Item) -> None:
    response = staff.post(url("ask", deal, 1), {"key": str(uuid4())})
    assert response.status_code == 303
    assert response["Location"].endswith("/check/#item-1")
    item.refresh_from_db()
    assert item.check_asked is not None
    assert DealEvent.objects.filter(deal=deal, kind=EventKind.CHECK_REQUESTED).count() == 1
    assert lookups(item).count() == len(NETWORKS)


def test_a_double_click_asks_once(staff: Client, deal: Deal) -> None:
    key = {"key": str(uuid4())}
    staff.post(url("ask", deal, 1), key)
    staff.post(url("ask", deal, 1), key)
    assert Check.objects.count() == 1


def test_by_hand_each_network_has_its_page_and_its_signs(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    text = page(staff, deal)
    for network in NETWORKS.values():
        assert f'href="{network.page_url}" target="_blank" rel="noopener noreferrer"' in text
    assert text.count(f'data-copy="{item.imei1}"') == len(NETWORKS) + 1
    for mark in Mark:
        assert text.count(f'name="mark" value="{mark}"') == len(NETWORKS)
    assert "check-wait" not in text


def test_a_person_answers_and_the_verdict_follows(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    for lookup in lookups(item):
        mark = "clear" if lookup.network == "docomo" else "unlisted"
        response = staff.post(url("answer", deal, lookup.pk), {"mark": mark})
        assert response.status_code == 303
    text = page(staff, deal)
    assert "verdict m-white" in text
    assert text.count("mark m-unlisted") == 4
    assert "佐藤" in text


def test_an_answer_without_a_sign_is_refused_beside_the_device(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    response = staff.post(url("answer", deal, lookups(item)[0].pk), {"mark": "maybe"})
    assert response.status_code == 422
    assert "記号のいずれか" in response.content.decode()


def test_the_second_answer_is_a_conflict(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    target = url("answer", deal, lookups(item)[0].pk)
    staff.post(target, {"mark": "clear"})
    response = staff.post(target, {"mark": "restricted"})
    assert response.status_code == 409
    assert "すでに回答" in response.content.decode()
    assert lookups(item)[0].mark == "clear"


def test_could_not_tell_leaves_it_open_to_be_asked_again(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    first = lookups(item)[0]
    staff.post(url("answer", deal, first.pk), {"mark": "unknown"})
    assert "verdict m-unresolved" in page(staff, deal)
    response = staff.post(url("by-hand", deal, first.pk))
    assert response.status_code == 303
    assert lookups(item).filter(network=first.network, state=LookupState.ASSISTED).count() == 1
    assert "以前の回答" in page(staff, deal)


def test_a_correction_needs_a_reason_and_keeps_the_first_answer(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    first = lookups(item)[0]
    staff.post(url("answer", deal, first.pk), {"mark": "restricted"})
    assert staff.post(url("by-hand", deal, first.pk)).status_code == 422
    assert "この回答は誤り" in staff.get(url("evidence", deal, first.pk)).content.decode()
    staff.post(url("by-hand", deal, first.pk), {"reason": "押し間違い"})
    first.refresh_from_db()
    assert first.mark == "restricted"
    assert "verdict m-unresolved" in page(staff, deal)


def test_answers_from_a_stand_in_fill_the_panel_and_say_so(
    staff: Client, deal: Deal, item: Item, member: Membership, site: StandIn
) -> None:
    ask(item, member)
    waiting = page(staff, deal)
    assert "照会中です" in waiting
    assert 'hx-trigger="load delay:500ms"' in waiting
    for lookup in lookups(item):
        tasks.ask_once(lookup.pk)
    for language, notice, unverified in (
        ("ja", "見本サイトの回答", "検証していません"),
        ("en", "stand-in site", "has not been verified"),
    ):
        text = page(staff, deal, language)
        assert notice in text
        assert unverified in text
        assert text.count("mark m-clear") == len(NETWORKS)
        assert "check-wait" not in text


@pytest.mark.parametrize("fault", [Fault.CHANGED, Fault.OTHER_IMEI, Fault.MAINTENANCE])
def test_a_changed_page_is_never_circle_or_dash(
    staff: Client, deal: Deal, item: Item, member: Membership, site: StandIn, fault: Fault
) -> None:
    site.script = lambda digits, name: Reply(Sign.CIRCLE, fault)
    ask(item, member)
    for lookup in lookups(item):
        tasks.ask_once(lookup.pk)
    text = page(staff, deal)
    assert "mark m-clear" not in text
    assert "mark m-unlisted" not in text
    assert "verdict m-unresolved" in text
    assert "手で確認する" in text
    assert "回答のない事業者に再照会する" in text


@pytest.mark.parametrize(
    ("state", "failure", "ja", "en"),
    [
        (LookupState.QUEUED, "", "順番待ち", "Waiting for its turn"),
        (LookupState.RUNNING, "", "照会中", "Asking now"),
        (LookupState.RETRY, Failure.UNAVAILABLE, "再照会", "asked again at"),
        (LookupState.FAILED, Failure.UNAVAILABLE, "回答なし", "did not answer"),
        (LookupState.FAILED, Failure.UNREADABLE, "読み取れません", "not understood"),
        (LookupState.FAILED, Failure.REJECTED_INPUT, "受け付け", "refused this IMEI"),
        (LookupState.ASSISTED, "", "手で確認", "To be checked by hand"),
    ],
)
def test_every_open_state_has_its_words(
    staff: Client,
    deal: Deal,
    item: Item,
    member: Membership,
    state: LookupState,
    failure: str,
    ja: str,
    en: str,
) -> None:
    ask(item, member)
    ended = timezone.now() if state is LookupState.FAILED else None
    claim = leased() if state is LookupState.RUNNING else {}
    fields = {"state": state, "failure": failure, "answered_at": ended}
    lookups(item).update(**fields | claim)
    assert en in page(staff, deal, "en")
    assert ja in page(staff, deal)


def fragment(client: Client, deal: Deal, query: str = "") -> tuple[str, str]:
    response = client.get(url("check-panel", deal, 1) + query, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode(), response.get("HX-Refresh", "")


def test_nothing_moves_while_nothing_changes(
    staff: Client, deal: Deal, item: Item, member: Membership, site: StandIn
) -> None:
    ask(item, member)
    first, _ = fragment(staff, deal)
    assert "hx-swap-oob" in first
    seen = first.partition("seen=")[2].partition('"')[0]
    second, _ = fragment(staff, deal, f"?n=3&seen={seen}")
    assert "hx-swap-oob" not in second
    assert "n=4&amp;" in second
    tasks.ask_once(lookups(item)[0].pk)
    third, _ = fragment(staff, deal, f"?n=4&seen={seen}")
    assert "mark m-clear" in third


def test_the_page_around_follows_once_all_have_answered(
    staff: Client, deal: Deal, item: Item, member: Membership, site: StandIn
) -> None:
    ask(item, member)
    assert fragment(staff, deal, "?done=1")[1] == ""
    for lookup in lookups(item):
        tasks.ask_once(lookup.pk)
    text, refresh = fragment(staff, deal, "?n=2")
    assert "done=1" in text
    assert refresh == ""
    assert fragment(staff, deal, "?done=1")[1] == "true"


@pytest.mark.parametrize("n", ["45", "99999", "100000000000", "-1", "x", "", "²"])
def test_the_server_caps_the_polling(
    staff: Client, deal: Deal, item: Item, member: Membership, site: StandIn, n: str
) -> None:
    ask(item, member)
    text, _ = fragment(staff, deal, f"?n={n}")
    assert ("hx-trigger" in text) is (n not in {"45", "99999"})
    if n in {"45", "99999"}:
        assert "更新" in text


def test_it_polls_fast_then_slowly_then_stops() -> None:
    triggers = [poll_after(count).trigger for count in range(MAX_POLLS + 2)]
    assert set(triggers[:FAST_POLLS]) == {"load delay:500ms"}
    assert set(triggers[FAST_POLLS:MAX_POLLS]) == {"load delay:2s"}
    assert triggers[MAX_POLLS:] == ["", ""]


def test_evidence_shows_the_page_as_text_only(
    staff: Client, deal: Deal, item: Item, member: Membership, site: StandIn
) -> None:
    ask(item, member)
    lookup = lookups(item)[0]
    tasks.ask_once(lookup.pk)
    text = staff.get(url("evidence", deal, lookup.pk)).content.decode()
    attempt = lookup.attempts.get(kind="answered")
    assert attempt.body_sha256 in text
    assert "docomo/" in text
    assert "&lt;div class=&quot;result-panel&quot;&gt;" in text
    assert '<div class="result-panel">' not in text
    assert str(attempt.latency_ms) in text


def test_another_stores_deal_is_not_there(client: Client, deal: Deal) -> None:
    stranger = login_as(client, membership=make_membership(role=Role.OWNER))
    assert stranger.get(url("check", deal)).status_code == 404
    assert stranger.get(url("check-panel", deal, 1)).status_code == 404
    assert stranger.post(url("ask", deal, 1), {"key": str(uuid4())}).status_code == 404


def test_a_lookup_of_another_deal_is_not_there(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    other = make_deal(membership=member)
    ask(other.items.get(), member)
    foreign = Lookup.objects.filter(imei=other.items.get().imei1)[0]
    assert staff.get(url("evidence", deal, foreign.pk)).status_code == 404
    assert staff.post(url("answer", deal, foreign.pk), {"mark": "clear"}).status_code == 404
    assert staff.post(url("by-hand", deal, foreign.pk)).status_code == 404
    assert staff.get(url("evidence", deal, 987_654)).status_code == 404


def test_a_device_that_is_not_there_is_404(staff: Client, deal: Deal) -> None:
    assert staff.get(url("check-panel", deal, 9)).status_code == 404


def test_an_auditor_sees_but_neither_asks_nor_answers(
    client: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    auditor = login_as(client, membership=make_membership(store=member.store, role=Role.AUDITOR))
    text = page(auditor, deal)
    assert 'name="mark"' not in text
    assert auditor.post(url("ask", deal, 1), {"key": str(uuid4())}).status_code == 403
    assert auditor.post(url("answer", deal, 1), {"mark": "clear"}).status_code == 403
    assert auditor.post(url("by-hand", deal, 1)).status_code == 403
    assert auditor.get(url("evidence", deal, lookups(item)[0].pk)).status_code == 200


def test_an_inspector_answers_but_does_not_ask(
    client: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    inspector = login_as(
        client, membership=make_membership(store=member.store, role=Role.INSPECTOR)
    )
    assert inspector.post(url("ask", deal, 1), {"key": str(uuid4())}).status_code == 403
    target = url("answer", deal, lookups(item)[0].pk)
    assert inspector.post(target, {"mark": "clear"}).status_code == 303


@pytest.mark.parametrize("name", ["ask", "answer", "by-hand"])
def test_it_rejects_get_where_something_would_change(staff: Client, deal: Deal, name: str) -> None:
    assert staff.get(url(name, deal, 1)).status_code == 405


def test_a_concluded_deal_is_not_asked_again(staff: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    assert staff.post(url("ask", deal, 1), {"key": str(uuid4())}).status_code == 409
    assert "通信事業者に照会する" not in page(staff, deal)


def test_the_page_takes_no_more_queries_for_more_devices(
    staff: Client, deal: Deal, item: Item, member: Membership
) -> None:
    ask(item, member)
    page(staff, deal)
    with CaptureQueriesContext(connection) as one:
        page(staff, deal)
    ask(make_item(deal=deal), member)
    with CaptureQueriesContext(connection) as two:
        page(staff, deal)
    assert len(two) == len(one)
