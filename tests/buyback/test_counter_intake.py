"""Opening a deal at the counter, adding devices, changing and giving back."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from buyback.deals.models import Deal, Item
from buyback.deals.policy import DealState, EventKind, ItemState
from buyback.deals.services import cancel_deal, change_item
from carriers.checks.models import Check
from shop.people.models import Membership
from shop.people.policy import Role
from tests.factories import (
    fresh_imei,
    login_as,
    make_deal,
    make_membership,
    make_variant,
    put_in_state,
)

pytestmark = pytest.mark.django_db
NEW = "/counter/deals/new/"


@pytest.fixture
def member(client: Client) -> Membership:
    """A member of staff, signed in."""
    member = make_membership()
    login_as(client, membership=member)
    return member


@pytest.fixture
def deal(member: Membership) -> Deal:
    return make_deal(membership=member)


def typed(**changes: object) -> dict[str, object]:
    """Return a filled-in form."""
    filled: dict[str, object] = {
        "key": str(uuid4()),
        "imei": fresh_imei(),
        "imei2": "",
        "variant": make_variant().pk,
        "colour": "ブラック",
        "serial": "",
    }
    return {**filled, **changes}


def url(name: str, deal: Deal, *args: int) -> str:
    return reverse(f"counter:{name}", args=[deal.code, *args])


# --- a new deal ------------------------------------------------------------------------------
def test_the_form_takes_a_scanner_and_groups_the_models_by_maker(
    client: Client, member: Membership
) -> None:
    make_variant()
    make_variant(maker="Google", model="Pixel 8")
    text = client.get(NEW).content.decode()
    for shown in (
        'inputmode="numeric"',
        'data-scan="next"',
        "autofocus",
        "js/scanner.js",
        '<optgroup label="Google">',
    ):
        assert shown in text


def test_it_opens_a_deal_and_goes_there(client: Client, member: Membership) -> None:
    page = client.post(NEW, typed(imei2=fresh_imei(), serial="F2LX"))
    deal = Deal.objects.get()
    assert (page.status_code, page.headers["Location"]) == (303, url("deal", deal))
    item = deal.items.get()
    assert (item.colour, item.serial, item.variant) == ("ブラック", "F2LX", make_variant())
    assert deal.opened_by == member.user


def test_a_model_may_follow_later(client: Client, member: Membership) -> None:
    client.post(NEW, typed(variant=""))
    deal = Deal.objects.get()
    assert deal.items.get().variant is None
    assert client.get(url("deal", deal)).headers["Location"] == url("intake", deal)
    assert "機種未確認" in client.get(url("intake", deal)).content.decode()


def test_a_double_click_opens_one_deal(client: Client, member: Membership) -> None:
    form = typed()
    first, second = client.post(NEW, form), client.post(NEW, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Deal.objects.count() == 1


def test_the_carriers_are_asked_at_once_and_once(client: Client, member: Membership) -> None:
    form = typed()
    client.post(NEW, form)
    client.post(NEW, form)
    deal = Deal.objects.get()
    check = deal.items.get().check_asked
    assert check is not None
    assert check.requested_by == member.user
    assert Check.objects.count() == 1
    assert deal.events.filter(kind=EventKind.CHECK_REQUESTED).count() == 1


def test_a_second_device_is_asked_about_at_once(client: Client, deal: Deal) -> None:
    client.post(url("intake", deal), typed())
    assert deal.items.get(position=2).check_asked is not None


def test_a_phone_that_is_refused_is_not_asked_about(client: Client, deal: Deal) -> None:
    before = Check.objects.count()
    client.post(NEW, typed(imei=deal.items.get().imei1))
    assert Check.objects.count() == before


def test_it_takes_full_width_digits(client: Client, member: Membership) -> None:
    client.post(NEW, typed(imei="４９０１５４２０３２３７５１８"))
    assert Item.objects.get().imei1 == "490154203237518"


@pytest.mark.parametrize(
    ("imei", "said"),
    [
        ("", "IMEI"),
        ("四九〇一五四二〇三二三七五一八", "数字"),
        ("49015420323751", "14桁"),
        ("4901542032375101", "16桁"),
        ("89049032000000000000000000000000", "EID"),
        ("490154203237519", "IMEI"),
        ("4901542032", "10桁"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong(
    client: Client, member: Membership, imei: str, said: str
) -> None:
    page = client.post(NEW, typed(imei=imei))
    assert page.status_code == 422
    text = page.content.decode()
    error = text.split('id="id_imei_error"')[1].split("</div>")[0]
    assert said in error
    assert "ブラック" in text
    assert Deal.objects.count() == 0


def test_it_refuses_a_wrong_second_imei(client: Client, member: Membership) -> None:
    imei = fresh_imei()
    for second, said in (("123", "15桁"), (imei, "1つ目のIMEIと同じ番号")):
        page = client.post(NEW, typed(imei=imei, imei2=second))
        assert page.status_code == 422
        assert said in page.content.decode().split('id="id_imei2_error"')[1].split("</div>")[0]


def test_it_leads_to_the_deal_that_has_the_device(
    client: Client, member: Membership, deal: Deal
) -> None:
    page = client.post(NEW, typed(imei=deal.items.get().imei1))
    assert page.status_code == 422
    text = page.content.decode()
    assert f'href="{url("deal", deal)}"' in text
    assert f"この端末はすでに案件 {deal.code} にあります" in text


def test_it_tells_of_another_store_without_names(client: Client, member: Membership) -> None:
    other = make_deal()
    page = client.post(NEW, typed(imei=other.items.get().imei1))
    text = page.content.decode()
    assert page.status_code == 422
    assert "別の店舗で受付中" in text
    assert other.code not in text


def test_the_hint_tells_where_an_imei_is_known(
    client: Client, member: Membership, deal: Deal
) -> None:
    hint = reverse("counter:imei-hint")
    imei = deal.items.get().imei1
    assert deal.code in client.post(hint, typed(imei=imei)).content.decode()
    cancel_deal(deal_id=deal.pk, reason="中止", actor=member.user)
    text = client.post(hint, typed(imei=imei)).content.decode()
    assert "以前の取引" in text
    assert "返却済" in text
    assert client.post(hint, typed(imei="12")).content.decode().strip() == ""
    assert client.get(hint).status_code == 405


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.AUDITOR])
def test_who_takes_no_deals_opens_none(client: Client, role: Role) -> None:
    login_as(client, membership=make_membership(role=role))
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, typed()).status_code == 403
    assert Deal.objects.count() == 0


def test_a_stranger_is_sent_to_the_log_in(client: Client) -> None:
    assert client.post(NEW, typed()).status_code == 302
    assert Deal.objects.count() == 0


# --- more devices ----------------------------------------------------------------------------
def test_it_takes_in_a_second_device(client: Client, deal: Deal) -> None:
    assert 'name="imei"' in client.get(f"{url('intake', deal)}?another=1").content.decode()
    form = typed()
    for _ in range(2):
        assert client.post(url("intake", deal), form).status_code == 303
    assert deal.items.count() == 2
    assert "2台目" in client.get(url("intake", deal)).content.decode()


def test_it_refuses_a_second_device_beside_its_field(client: Client, deal: Deal) -> None:
    page = client.post(url("intake", deal), typed(imei="1"))
    assert page.status_code == 422
    assert "id_imei_error" in page.content.decode()
    assert deal.items.count() == 1


def test_nothing_is_taken_in_from_signed_on(client: Client, deal: Deal) -> None:
    put_in_state(deal, DealState.SIGNED)
    page = client.post(url("intake", deal), typed())
    assert page.status_code == 422
    assert "この操作はもうできません" in page.content.decode()
    assert "内容はもう変更できません" in client.get(url("intake", deal)).content.decode()
    assert deal.items.count() == 1


def test_what_was_here_before_is_shown(client: Client, member: Membership, deal: Deal) -> None:
    imei = deal.items.get().imei1
    cancel_deal(deal_id=deal.pk, reason="中止", actor=member.user)
    again = make_deal(membership=member, imei=imei)
    assert deal.code in client.get(url("intake", again)).content.decode()


def test_the_page_costs_the_same_for_any_number_of_devices(
    client: Client, deal: Deal, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        client.post(url("intake", deal), typed())
    with django_assert_max_num_queries(12):
        client.get(url("intake", deal))


# --- one device ------------------------------------------------------------------------------
def changed(item: Item, **changes: object) -> dict[str, object]:
    filled: dict[str, object] = {
        "version": item.version,
        "imei2": item.imei2,
        "variant": item.variant_id or "",
        "colour": item.colour,
        "serial": item.serial,
    }
    return {**filled, **changes}


def test_it_changes_the_particulars(client: Client, deal: Deal) -> None:
    item = deal.items.get()
    page = client.post(url("item", deal, 1), changed(item, colour="シルバー"))
    assert (page.status_code, page.headers["Location"]) == (303, url("intake", deal))
    item.refresh_from_db()
    assert (item.colour, item.version) == ("シルバー", 2)


def test_a_stale_page_gets_both_values(client: Client, deal: Deal) -> None:
    item = deal.items.get()
    change_item(
        item_id=item.pk,
        version=1,
        imei2_text="",
        variant_id=item.variant_id,
        colour="シルバー",
        serial="",
        actor=deal.opened_by,
    )
    page = client.post(url("item", deal, 1), changed(item, colour="ゴールド"))
    assert page.status_code == 409
    text = page.content.decode()
    assert "シルバー" in text
    assert "ゴールド" in text
    item.refresh_from_db()
    assert item.colour == "シルバー"
    assert 'name="version" value="2"' in text
    assert client.post(url("item", deal, 1), changed(item, colour="ゴールド")).status_code == 303


def test_a_wrong_imei2_is_said_beside_its_field(client: Client, deal: Deal) -> None:
    item = deal.items.get()
    for imei2 in ("12", item.imei1, "あ"):
        page = client.post(url("item", deal, 1), changed(item, imei2=imei2))
        assert page.status_code == 422
        assert "id_imei2_error" in page.content.decode()


def test_an_unknown_device_or_model_is_refused(client: Client, deal: Deal) -> None:
    item = deal.items.get()
    assert client.get(url("item", deal, 9)).status_code == 404
    page = client.post(url("item", deal, 1), changed(item, variant=999_999))
    assert page.status_code == 422


def test_a_forged_version_is_refused(client: Client, deal: Deal) -> None:
    page = client.post(url("item", deal, 1), changed(deal.items.get(), version="x"))
    assert page.status_code == 422


def test_it_gives_a_device_back(client: Client, deal: Deal) -> None:
    client.post(url("intake", deal), typed())
    assert client.post(url("return-item", deal, 2), {"reason": " "}).status_code == 422
    assert client.post(url("return-item", deal, 2), {"reason": "やめる"}).status_code == 303
    assert deal.items.get(position=2).state == ItemState.RETURNED
    assert client.post(url("return-item", deal, 2), {"reason": "また"}).status_code == 422
    assert client.get(url("return-item", deal, 2)).status_code == 405


def test_a_held_deal_is_still_filled_in(client: Client, deal: Deal) -> None:
    client.post(url("hold", deal), {"reason": "確認"})
    assert client.post(url("intake", deal), typed()).status_code == 303


def test_the_auditor_cannot_change_a_device(client: Client, deal: Deal) -> None:
    login_as(client, membership=make_membership(store=deal.store, role=Role.AUDITOR))
    assert client.get(url("item", deal, 1)).status_code == 200
    assert client.post(url("item", deal, 1), changed(deal.items.get())).status_code == 403
    assert client.post(url("return-item", deal, 1), {"reason": "x"}).status_code == 403
