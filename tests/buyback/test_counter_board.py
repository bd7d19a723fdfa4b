"""The board of today's deals and the one search box."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from buyback.counter.search import Kind, NotUnderstood, parse_query
from buyback.deals.models import Deal
from buyback.deals.policy import DealState
from buyback.deals.services import place_hold
from inventory.units.models import Unit
from inventory.units.policy import Disposition, Grade, UnitState
from shop.people.models import Membership
from shop.people.policy import Role
from tests.factories import (
    fresh_imei,
    login_as,
    make_deal,
    make_item,
    make_membership,
    make_seller,
    make_store,
    make_variant,
    put_in_state,
)

pytestmark = pytest.mark.django_db
BOARD = "/counter/"


@pytest.fixture
def member(client: Client) -> Membership:
    """A member of staff, signed in."""
    member = make_membership()
    login_as(client, membership=member)
    return member


def text_of(client: Client, url: str) -> str:
    page = client.get(url)
    assert page.status_code == 200
    return page.content.decode()


# --- the board -------------------------------------------------------------------------------
def test_it_shows_number_seller_devices_and_waiting_time(
    client: Client, member: Membership
) -> None:
    deal = make_deal(membership=member, seller=make_seller())
    make_item(deal=deal, variant=make_variant(model="Pixel 8", maker="Google"))
    now = timezone.now()
    Deal.objects.filter(pk=deal.pk).update(
        opened_at=now - timedelta(minutes=71), state_since=now - timedelta(minutes=45)
    )
    text = text_of(client, BOARD)
    for shown in (deal.code, "山田 花子 様", "iPhone 14 128GB, Pixel 8 128GB", "45分", "1時間11分"):
        assert shown in text
    assert "45 min" in text_of(client, "/en/counter/")


def test_it_says_when_a_deal_is_held_or_has_no_name(client: Client, member: Membership) -> None:
    deal = make_deal(membership=member)
    place_hold(deal_id=deal.pk, reason="確認", actor=member.user)
    text = text_of(client, BOARD)
    assert "保留中" in text
    assert "お名前未記入" in text


def test_an_empty_board_says_so(client: Client, member: Membership) -> None:
    assert "本日の案件はまだありません" in text_of(client, BOARD)


def test_it_shows_what_earlier_days_left_running(client: Client, member: Membership) -> None:
    deal, done = make_deal(membership=member), make_deal(membership=member)
    yesterday = timezone.localdate() - timedelta(days=1)
    Deal.objects.filter(pk=deal.pk).update(business_date=yesterday)
    Deal.objects.filter(pk=done.pk).update(business_date=yesterday)
    put_in_state(done, DealState.PAID)
    text = text_of(client, BOARD)
    assert "前日までの案件" in text
    assert deal.code in text
    assert done.code not in text


def test_finished_deals_stand_apart(client: Client, member: Membership) -> None:
    deal = make_deal(membership=member)
    put_in_state(deal, DealState.PAID)
    assert "本日終了した案件" in text_of(client, BOARD)


def test_it_shows_no_deal_of_another_store(client: Client, member: Membership) -> None:
    other = make_deal()
    assert other.code not in text_of(client, BOARD)


def test_it_costs_the_same_for_any_number_of_deals(
    client: Client, member: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(6):
        make_item(deal=make_deal(membership=member, seller=make_seller()))
    old = make_deal(membership=member)
    Deal.objects.filter(pk=old.pk).update(business_date=timezone.localdate() - timedelta(days=3))
    with django_assert_max_num_queries(12):
        client.get(BOARD)


def test_the_panel_is_the_board_without_its_page(client: Client, member: Membership) -> None:
    deal = make_deal(membership=member)
    text = text_of(client, reverse("counter:board-panel"))
    assert deal.code in text
    assert "<html" not in text


def test_a_stranger_is_sent_to_the_log_in(client: Client) -> None:
    for page in (client.get(BOARD), client.post(reverse("counter:search"), {"q": "1234"})):
        assert page.status_code == 302
        assert page.headers["Location"].startswith("/accounts/login/")


def test_the_auditor_reads_but_opens_nothing(client: Client) -> None:
    login_as(client, membership=make_membership(role=Role.AUDITOR))
    assert "新しい案件" not in text_of(client, BOARD)
    assert client.get(reverse("counter:new-deal")).status_code == 403


def test_searching_is_a_post(client: Client, member: Membership) -> None:
    assert client.get(reverse("counter:search")).status_code == 405


# --- what a text means -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kind", "meant"),
    [
        ("1234", Kind.LAST_4, "1234"),
        ("１２３４", Kind.LAST_4, "1234"),
        ("490154203237518", Kind.IMEI, "490154203237518"),
        ("４９-015420-323751-8", Kind.IMEI, "490154203237518"),
        ("]C1IMEI:490154203237518", Kind.IMEI, "490154203237518"),
        ("やまだ", Kind.KANA, "ヤマダ"),
        ("ﾔﾏﾀﾞ ﾊﾅ", Kind.KANA, "ヤマダハナ"),
        ("ヤマダ　ハナコ", Kind.KANA, "ヤマダハナコ"),
    ],
)
def test_it_understands(typed: str, kind: Kind, meant: str) -> None:
    query = parse_query(typed)
    assert (query.kind, query.text) == (kind, meant)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "search-empty"),
        ("　", "search-empty"),
        ("山田", "search-unknown"),
        ("yamada", "search-unknown"),
        ("123", "imei-length"),
        ("49015420323751", "imei-length"),
        ("490154203237519", "imei-check-digit"),
        ("S-1123-AAA2", "search-code"),
    ],
)
def test_it_does_not_guess(typed: str, code: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse_query(typed)
    assert refused.value.code == code


# --- searching -------------------------------------------------------------------------------
def search(client: Client, typed: str) -> str:
    """Search, follow the redirect and return the page; its address holds nothing personal."""
    sent = client.post(reverse("counter:search"), {"q": typed})
    assert sent.status_code == 303, sent.content.decode()
    where = sent.headers["Location"]
    assert where.startswith("/counter/found/")
    return text_of(client, where)


@pytest.mark.parametrize("spoil", [str, str.lower, lambda code: code.replace("-", "　")])
def test_a_deal_code_leads_straight_to_the_deal(
    client: Client, member: Membership, spoil: object
) -> None:
    deal = make_deal(membership=member)
    page = client.post(reverse("counter:search"), {"q": spoil(deal.code)})  # type: ignore[operator]  # one of the three above
    assert (page.status_code, page.headers["Location"]) == (303, f"/counter/deals/{deal.code}/")


def test_a_code_of_another_store_is_not_found(client: Client, member: Membership) -> None:
    assert "見つかりませんでした" in search(client, make_deal().code)


def test_it_finds_by_imei_by_its_tail_and_by_the_second_imei(
    client: Client, member: Membership
) -> None:
    first, second = fresh_imei(), fresh_imei()
    deal = make_deal(membership=member, imei=first, imei2=second)
    for typed in (first, first[-4:], second):
        assert deal.code in search(client, typed)


def test_it_finds_by_the_beginning_of_the_kana(client: Client, member: Membership) -> None:
    deal = make_deal(membership=member, seller=make_seller())
    elsewhere = make_deal(seller=make_seller())
    for typed in ("やま", "ﾔﾏﾀﾞ", "ヤマダ ハナ"):
        text = search(client, typed)
        assert deal.code in text
        assert elsewhere.code not in text
    assert deal.code not in search(client, "ハナコ")


def test_it_finds_units_of_this_store_only(client: Client, member: Membership) -> None:
    units = [
        Unit.objects.create(
            code=f"{store.letter}-00000{number}",
            store=store,
            variant=make_variant(),
            imei1=imei,
            grade=Grade.A,
            disposition=Disposition.RESALE,
            channels=["domestic"],
            under_restriction=False,
            cost_yen=1,
            state=UnitState.SOLD,
            acquired_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for number, (store, imei) in enumerate(
            [(member.store, fresh_imei()), (make_store(), fresh_imei())]
        )
    ]
    assert units[0].code in search(client, units[0].imei1[-4:])
    assert units[1].code not in search(client, units[1].imei1)


def test_a_text_it_does_not_understand_gets_a_sentence(client: Client, member: Membership) -> None:
    page = client.post(reverse("counter:search"), {"q": "山田"})
    assert page.status_code == 422
    assert "お客様のカナ" in page.content.decode()


def test_a_search_belongs_to_its_session(client: Client, member: Membership) -> None:
    assert client.get(reverse("counter:found", args=[uuid4()])).status_code == 404
    sent = client.post(reverse("counter:search"), {"q": "1234"})
    other = Client()
    login_as(other, membership=make_membership(store=member.store))
    assert other.get(sent.headers["Location"]).status_code == 404


def test_a_session_keeps_a_few_searches(client: Client, member: Membership) -> None:
    first = client.post(reverse("counter:search"), {"q": "0000"}).headers["Location"]
    for number in range(10):
        last = client.post(reverse("counter:search"), {"q": f"00{number:02}"}).headers["Location"]
    assert client.get(first).status_code == 404
    assert client.get(last).status_code == 200


def test_a_long_list_of_hits_costs_the_same(
    client: Client, member: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        make_item(deal=make_deal(membership=member, seller=make_seller()))
    where = client.post(reverse("counter:search"), {"q": "ヤマダ"}).headers["Location"]
    with django_assert_max_num_queries(12):
        client.get(where)
