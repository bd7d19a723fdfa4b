"""The frame of a deal: stages, gates, history, holding and cancelling."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from buyback.counter.gates import CURED_AT
from buyback.counter.policy import RELIES_ON, Stage, StageFacts, StageStatus, next_stage, status_of
from buyback.counter.wording import DONE, FIELDS, GO_TO, NEEDED, SEARCH, STAGES
from buyback.deals.models import Deal
from buyback.deals.policy import ENDED, DealState, EventKind, ItemState
from buyback.deals.services import cancel_deal, place_hold
from buyback.deals.wording import EVENTS, ITEM_STATES, STATES
from shop.people.models import Membership
from shop.people.policy import Role
from tests.factories import (
    login_as,
    make_deal,
    make_item,
    make_membership,
    make_seller,
    put_in_state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    """A member of staff, signed in."""
    member = make_membership()
    login_as(client, membership=member)
    return member


@pytest.fixture
def deal(member: Membership) -> Deal:
    return make_deal(membership=member)


def url(name: str, deal: Deal, *args: int) -> str:
    return reverse(f"counter:{name}", args=[deal.code, *args])


# --- the frame -------------------------------------------------------------------------------
def test_it_shows_stages_gates_seller_and_one_next_step(client: Client, member: Membership) -> None:
    deal = make_deal(membership=member, seller=make_seller())
    text = client.get(url("intake", deal)).content.decode()
    for shown in (
        deal.code,
        "山田 花子 様",
        "ヤマダ ハナコ",
        "支払までに必要なこと",
        "通信事業者に照会する",
        "利用制限確認へ進む",
        "受付 1番",
    ):
        assert shown in text
    assert text.count("btn-primary") == 1
    assert "<title>" in text
    assert "山田" not in text.split("</title>")[0]


def test_the_gates_name_the_device_where_there_are_several(client: Client, deal: Deal) -> None:
    make_item(deal=deal)
    text = client.get(url("intake", deal)).content.decode()
    assert "1台目：査定が終わっていません" in text
    assert "2台目：査定が終わっていません" in text


def test_the_deal_leads_to_the_stage_that_needs_work(client: Client, deal: Deal) -> None:
    page = client.get(url("deal", deal))
    assert (page.status_code, page.headers["Location"]) == (303, url("check", deal))
    put_in_state(deal, DealState.CONCLUDED)
    assert client.get(url("deal", deal)).headers["Location"] == url("payout", deal)


def test_a_code_is_forgiven_its_lower_case(client: Client, deal: Deal) -> None:
    assert client.get(f"/counter/deals/{deal.code.lower()}/intake/").status_code == 200


@pytest.mark.parametrize("state", list(DealState))
def test_every_state_has_a_page_in_both_languages(
    client: Client,
    member: Membership,
    state: DealState,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    deal = make_deal(membership=member, seller=make_seller())
    make_item(deal=deal)
    put_in_state(deal, state)
    with django_assert_max_num_queries(12):
        page = client.get(url("intake", deal))
    assert page.status_code == 200
    assert str(STATES[state]) in page.content.decode()
    in_english = client.get(f"/en{url('intake', deal)}").content.decode()
    with translation.override("en"):
        assert str(STATES[state]) in in_english


def test_another_stores_deal_does_not_exist(client: Client, member: Membership) -> None:
    other = make_deal()
    for name in ("deal", "history", "intake"):
        assert client.get(url(name, other)).status_code == 404
    for name in ("cancel", "hold", "lift-hold"):
        assert client.post(url(name, other), {"reason": "x"}).status_code == 404
    assert client.get(url("item", other, 1)).status_code == 404


def test_the_auditor_reads_and_changes_nothing(client: Client) -> None:
    auditor = make_membership(role=Role.AUDITOR)
    deal = make_deal(membership=make_membership(store=auditor.store))
    login_as(client, membership=auditor)
    text = client.get(url("intake", deal)).content.decode()
    assert "保留・取消" not in text
    assert "端末を追加で受け付ける" not in text
    for name in ("cancel", "hold", "lift-hold", "intake"):
        assert client.post(url(name, deal), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["cancel", "hold", "lift-hold"])
def test_what_changes_something_is_a_post(client: Client, deal: Deal, name: str) -> None:
    assert client.get(url(name, deal)).status_code == 405
    deal.refresh_from_db()
    assert deal.state == DealState.OPEN


def test_a_stranger_is_sent_to_the_log_in(deal: Deal) -> None:
    for page in (Client().get(url("intake", deal)), Client().post(url("cancel", deal))):
        assert page.status_code == 302


# --- holding, cancelling, history ------------------------------------------------------------
def test_it_holds_shows_the_banner_and_lifts(client: Client, deal: Deal) -> None:
    assert client.post(url("hold", deal), {"reason": "住所を確認中"}).status_code == 303
    text = client.get(url("intake", deal)).content.decode()
    assert "住所を確認中" in text
    assert client.post(url("lift-hold", deal)).status_code == 303
    assert "住所を確認中" not in client.get(url("intake", deal)).content.decode()


def test_it_cancels_with_a_reason(client: Client, deal: Deal) -> None:
    assert client.post(url("cancel", deal), {"reason": "お客様の都合"}).status_code == 303
    deal.refresh_from_db()
    assert deal.state == DealState.CANCELLED
    assert deal.items.get().state == ItemState.RETURNED
    text = client.get(url("history", deal)).content.decode()
    assert "理由：お客様の都合" in text
    assert "支払までに必要なこと" not in text


def test_a_refusal_is_shown_with_the_deal(client: Client, deal: Deal) -> None:
    for name in ("cancel", "hold"):
        page = client.post(url(name, deal), {"reason": " "})
        assert page.status_code == 422
    place_hold(deal_id=deal.pk, reason="確認", actor=deal.opened_by)
    page = client.post(url("hold", deal), {"reason": "また"})
    assert page.status_code == 422
    assert "すでに保留中です" in page.content.decode()


def test_a_stale_cancel_tells_where_the_deal_stands(client: Client, deal: Deal) -> None:
    cancel_deal(deal_id=deal.pk, reason="中止", actor=deal.opened_by)
    page = client.post(url("cancel", deal), {"reason": "もう一度"})
    assert page.status_code == 422
    assert "この操作はもうできません" in page.content.decode()


def test_the_history_tells_who_did_what(client: Client, deal: Deal) -> None:
    text = client.get(url("history", deal)).content.decode()
    assert "案件を開きました" in text
    assert "佐藤 次郎" in text
    assert "The deal was opened." in client.get(f"/en{url('history', deal)}").content.decode()


# --- stages and words ------------------------------------------------------------------------
def test_a_stage_that_was_relied_on_and_fails_is_blocked() -> None:
    missing = StageFacts(in_order=False)
    for state, stages in RELIES_ON.items():
        for stage in Stage:
            expected = StageStatus.BLOCKED if stage in stages else StageStatus.AHEAD
            assert status_of(stage, facts=missing, state=state) is expected
    fine = StageFacts(in_order=True)
    assert status_of(Stage.CHECK, facts=fine, state=DealState.OPEN) is StageStatus.DONE


def test_the_next_stage_is_the_first_not_in_order() -> None:
    facts = {stage: StageFacts(in_order=False) for stage in Stage}
    facts |= dict.fromkeys((Stage.INTAKE, Stage.CHECK, Stage.QUOTE), StageFacts(in_order=True))
    assert next_stage(facts, state=DealState.OPEN) is Stage.INSPECTION
    for state in ENDED:
        assert next_stage(facts, state=state) is None


def test_every_state_stage_and_kind_has_words() -> None:
    assert set(STATES) == set(DealState) == set(RELIES_ON)
    assert set(ITEM_STATES) == set(ItemState)
    assert set(EVENTS) == set(EventKind)
    assert set(STAGES) == set(GO_TO) == set(DONE) == set(NEEDED) == set(Stage)
    assert set(CURED_AT.values()) == set(Stage)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_label_is_translated(language: str) -> None:
    with translation.override(language):
        for table in (STATES, ITEM_STATES, EVENTS, STAGES, GO_TO, DONE, NEEDED, SEARCH):
            for code, text in table.items():
                is_japanese = any(ord(char) > 0x3000 for char in str(text))
                assert is_japanese is (language == "ja"), (code, str(text))
        assert all(str(text) for text in FIELDS.values())
