"""The quote pages: estimate, offer, yes and no, stale pages, and what a seller never reads."""

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from buyback.deals.models import Deal, DealEvent
from buyback.deals.policy import DealState, EventKind, ItemState
from buyback.inspection.policy import SUSPICIONS
from buyback.inspection.wording import reason
from buyback.pricing.models import Quote
from buyback.pricing.services import offer
from carriers.networks.answer import Mark
from shop.people.models import Membership
from shop.people.policy import Role
from shop.wording import NEUTRAL, Audience
from tests.buyback.priced import check_item, in_days, inspect, make_book, make_ready
from tests.factories import login_as, make_deal, make_item, make_membership, make_store

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership()


@pytest.fixture
def deal(member: Membership) -> Deal:
    make_book()
    made = make_deal(membership=member)
    make_ready(made)
    return made


@pytest.fixture
def staff(client: Client, member: Membership) -> Client:
    return login_as(client, membership=member)


def url(name: str, deal: Deal, *args: int) -> str:
    return reverse(f"counter:{name}", args=[deal.code, *args])


def post(client: Client, name: str, deal: Deal, *args: int, **data: str) -> "Response":
    return client.post(url(name, deal, *args), {"key": str(uuid4()), **data})


def text(page: "Response") -> str:
    return page.content.decode()


def state_of(deal: Deal) -> str:
    return Deal.objects.get(pk=deal.pk).state


def test_before_an_offer_the_page_estimates(staff: Client, deal: Deal) -> None:
    page = staff.get(url("quote", deal))
    assert page.status_code == 200
    assert page.context["page"].offer is None
    assert "58,000円" in text(page)
    assert page.context["may_offer"]
    assert not Quote.objects.exists()


def test_the_page_says_what_keeps_an_offer_from_being_made(staff: Client, deal: Deal) -> None:
    make_item(deal=deal)
    page = staff.get(url("quote", deal))
    assert not page.context["may_offer"]
    assert len(page.context["page"].offer_blocks) == 2
    refused = post(staff, "offer", deal)
    assert refused.status_code == 422
    assert len(refused.context["refused"]) == 2
    assert not Quote.objects.exists()


def test_an_offer_is_made_once_per_page(staff: Client, deal: Deal) -> None:
    key = str(uuid4())
    for _ in range(2):
        assert post(staff, "offer", deal, key=key).status_code == 303
    assert Quote.objects.count() == 1
    page = staff.get(url("quote", deal))
    assert page.context["page"].total == "58,000円"
    assert page.context["may_accept"]


def test_a_double_clicked_yes_counts_once(staff: Client, deal: Deal) -> None:
    shown = offer(deal_id=deal.pk, actor=deal.opened_by).fingerprint
    key = str(uuid4())
    for _ in range(2):
        done = post(staff, "accept", deal, key=key, offer=shown)
        assert done.status_code == 303
        assert done["Location"] == url("identity", deal)
    assert DealEvent.objects.filter(kind=EventKind.ACCEPTED).count() == 1
    again = post(staff, "accept", deal, offer=shown)
    assert again.status_code == 409


def test_a_stale_page_gets_the_new_offer_and_a_sentence(staff: Client, deal: Deal) -> None:
    shown = offer(deal_id=deal.pk, actor=deal.opened_by).fingerprint
    inspect(deal.items.get(), actor=deal.opened_by, glass="cracked")
    offer(deal_id=deal.pk, actor=deal.opened_by)
    page = post(staff, "accept", deal, offer=shown)
    assert page.status_code == 409
    assert page.context["refused"]
    assert "52,200円" in text(page)
    assert "58,000円" not in [page.context["page"].total]
    assert state_of(deal) == DealState.OFFERED


@pytest.mark.parametrize("shown", ["", "x" * 64, "x" * 65, "嘘"])
def test_a_forged_offer_is_refused(staff: Client, deal: Deal, shown: str) -> None:
    offer(deal_id=deal.pk, actor=deal.opened_by)
    assert post(staff, "accept", deal, offer=shown).status_code in (409, 422)
    assert state_of(deal) == DealState.OFFERED


def test_a_form_without_its_key_is_refused(staff: Client, deal: Deal) -> None:
    page = staff.post(url("offer", deal), {})
    assert page.status_code == 422
    assert page.context["refused"]


def test_an_expired_offer_says_so(staff: Client, member: Membership, deal: Deal) -> None:
    shown = offer(deal_id=deal.pk, actor=deal.opened_by).fingerprint
    with time_machine.travel(in_days(3.1), tick=False):
        login_as(staff, membership=member)
        assert post(staff, "accept", deal, offer=shown).status_code == 422
        page = staff.get(url("quote", deal))
    assert not page.context["may_accept"]
    assert page.context["page"].accept_blocks
    assert state_of(deal) == DealState.OFFERED


def test_facts_that_changed_are_shown_and_offered_anew(staff: Client, deal: Deal) -> None:
    offer(deal_id=deal.pk, actor=deal.opened_by)
    inspect(deal.items.get(), actor=deal.opened_by, glass="cracked")
    page = staff.get(url("quote", deal))
    assert page.context["page"].accept_blocks
    assert page.context["needs_offer"]
    assert post(staff, "offer", deal).status_code == 303
    assert staff.get(url("quote", deal)).context["page"].total == "52,200円"


def test_the_seller_says_no(staff: Client, deal: Deal) -> None:
    offer(deal_id=deal.pk, actor=deal.opened_by)
    assert post(staff, "decline", deal).status_code == 303
    assert state_of(deal) == DealState.DECLINED
    assert post(staff, "decline", deal).status_code == 409
    assert staff.get(url("quote", deal)).status_code == 200


def test_one_device_is_kept_and_the_other_goes_on(staff: Client, deal: Deal) -> None:
    make_item(deal=deal)
    make_ready(deal)
    offer(deal_id=deal.pk, actor=deal.opened_by)
    key = str(uuid4())
    assert post(staff, "decline-item", deal, 2, key=key).status_code == 303
    assert deal.items.get(position=2).state == ItemState.DECLINED
    assert state_of(deal) == DealState.OFFERED
    assert post(staff, "decline-item", deal, 1, key=key).status_code == 303
    assert state_of(deal) == DealState.DECLINED


def test_a_remedy_stands_beside_the_price_with_its_yen(staff: Client, deal: Deal) -> None:
    check_item(deal.items.get(), marks={"docomo": Mark.AT_RISK})
    for to in ("", "?to=seller"):
        page = text(staff.get(url("quote", deal) + to))
        assert "49,300円" in page
        assert "+8,700円" in page


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("answers", [{"suspicion": "yes"}, {"altered_imei": "yes"}])
def test_the_seller_never_reads_a_suspicion(
    staff: Client, deal: Deal, answers: dict[str, str], language: str
) -> None:
    make_item(deal=deal)
    make_ready(Deal.objects.get(pk=deal.pk))
    inspect(deal.items.get(position=1), actor=deal.opened_by, **answers)
    staff.cookies["django_language"] = language
    with translation.override(language):
        page = staff.get(url("quote", deal) + "?to=seller")
        shown = text(page)
        secret = [reason(code, Audience.STAFF) for code in SUSPICIONS]
        assert str(NEUTRAL) in shown
        assert not [sentence for sentence in secret if sentence in shown]
        told = [problem for device in page.context["page"].devices for problem in device.problems]
        assert told == [str(NEUTRAL)]
        assert any(s in text(staff.get(url("quote", deal))) for s in secret)


def test_the_seller_is_not_shown_an_offer_that_fell_nor_why(staff: Client, deal: Deal) -> None:
    offer(deal_id=deal.pk, actor=deal.opened_by)
    inspect(deal.items.get(), actor=deal.opened_by, suspicion="yes")
    page = staff.get(url("quote", deal) + "?to=seller")
    device = page.context["page"].devices[0]
    assert device.lines == ()
    assert len(device.problems) == 1
    assert "58,000" not in text(page)
    assert not [code for code in SUSPICIONS if reason(code, Audience.STAFF) in text(page)]
    assert "58,000円" in text(staff.get(url("quote", deal)))


def test_staff_and_seller_read_the_same_lines(staff: Client, deal: Deal) -> None:
    inspect(deal.items.get(), actor=deal.opened_by, glass="cracked", touch="faulty")
    offer(deal_id=deal.pk, actor=deal.opened_by)
    ours, theirs = (
        staff.get(url("quote", deal) + to).context["page"].devices[0] for to in ("", "?to=seller")
    )
    assert ours.lines == theirs.lines
    assert ours.total == theirs.total == "52,200円"


def test_another_stores_deal_is_not_found(staff: Client) -> None:
    other = make_deal(membership=make_membership(store=make_store()))
    assert staff.get(url("quote", other)).status_code == 404
    for name in ("offer", "accept", "decline"):
        assert post(staff, name, other, offer="x").status_code == 404
    assert post(staff, "decline-item", other, 1).status_code == 404


@pytest.mark.parametrize(
    ("role", "may_offer", "may_take"),
    [
        (Role.STAFF, True, True),
        (Role.INSPECTOR, True, False),
        (Role.CASHIER, True, True),
        (Role.MANAGER, True, True),
        (Role.AUDITOR, False, False),
    ],
)
def test_roles(
    client: Client,
    deal: Deal,
    member: Membership,
    role: Role,
    may_offer: bool,
    may_take: bool,
) -> None:
    login_as(client, membership=make_membership(store=member.store, role=role))
    assert client.get(url("quote", deal)).status_code == 200
    assert post(client, "offer", deal).status_code == (303 if may_offer else 403)
    shown = offer(deal_id=deal.pk, actor=deal.opened_by).fingerprint
    wanted = 303 if may_take else 403
    assert post(client, "accept", deal, offer=shown).status_code == wanted
    assert post(client, "decline-item", deal, 1).status_code == wanted
    if not may_take:
        assert post(client, "decline", deal).status_code == 403


@pytest.mark.parametrize("name", ["offer", "accept", "decline"])
def test_nothing_happens_on_get(staff: Client, deal: Deal, name: str) -> None:
    assert staff.get(url(name, deal)).status_code == 405


@pytest.mark.parametrize("with_offer", [False, True])
def test_the_page_takes_few_queries(
    staff: Client,
    deal: Deal,
    with_offer: bool,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_item(deal=deal)
    make_item(deal=deal)
    make_ready(deal)
    if with_offer:
        offer(deal_id=deal.pk, actor=deal.opened_by)
    with django_assert_max_num_queries(12):
        staff.get(url("quote", deal))
