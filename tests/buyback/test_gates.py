"""Every gate tried from outside: by its URL, from a stale page, and after something has changed.

Nobody follows the pages here. A POST is sent as a browser could send it, and then the rows are
looked at. What two people do at the same moment stands in tests/concurrency.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buyback.contracts.models import Conclusion, Contract, Signature
from buyback.contracts.queries import newest_contract, prepare_problems_of
from buyback.deals.models import Deal
from buyback.deals.particulars import record_seller
from buyback.deals.policy import DealState
from buyback.inspection.services import record_inspection
from buyback.payouts.models import Payout
from buyback.pricing.models import Quote
from buyback.pricing.queries import accept_problems, current_offer
from buyback.pricing.services import offer
from buyback.sellers.queries import PARTICULARS
from buyback.sellers.services import Particulars
from carriers.networks.answer import Mark
from inventory.ledger.models import LedgerEntry
from inventory.units.models import Unit
from shop.people.models import Membership
from shop.people.policy import Role
from shop.settings_book import change_setting
from tests.buyback.contracted import (
    PEN,
    accepted_deal,
    checked_deal,
    concluded_deal,
    fresh,
    prepared,
    say_yes,
    show_id,
    signed_deal,
    ticks,
)
from tests.buyback.priced import GOOD, check_item, make_book
from tests.factories import login_as, make_membership, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership(role=Role.CASHIER)


@pytest.fixture
def clerk(client: Client, member: Membership) -> Client:
    return login_as(client, membership=member)


def form_for(name: str, deal: Deal) -> dict[str, object]:
    """Return what a browser would send to `name`, filled in as far as the rows allow."""
    standing, contract = current_offer(fresh(deal)), newest_contract(fresh(deal))
    drawer = deal.store.drawers.first()
    forms: Mapping[str, dict[str, object]] = {
        "offer": {},
        "accept": {"offer": standing.fingerprint if standing else "0" * 64},
        "prepare": {"language": "ja"},
        "sign": {
            "contract": contract.pk if contract else 1,
            "fingerprint": contract.fingerprint if contract else "0" * 64,
            "statements": ticks(contract) if contract else [],
            "strokes": PEN,
        },
        "conclude": {"phone_in_hand": "on"},
        "payout": {"amount_yen": 58_000, "drawer": drawer.pk if drawer else 0},
    }
    return {"key": str(uuid4()), **forms[name]}


def post(client: Client, name: str, deal: Deal, **changes: object) -> HttpResponse:
    address = reverse(f"counter:{name}", args=[deal.code])
    return client.post(address, {**form_for(name, deal), **changes})  # type: ignore[return-value]  # the test client's own response


def days_later(days: int) -> time_machine.travel:
    """Let the test go on some days from now; whoever was signed in has to sign in again."""
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def rows() -> tuple[int, ...]:
    """Count everything a gate guards."""
    guarded = (Quote, Contract, Signature, Conclusion, Unit, LedgerEntry, Payout)
    return tuple(model.objects.count() for model in guarded)


# --- too early: every later act, straight by its URL ----------------------------------------
def offered_deal(*, membership: Membership) -> Deal:
    deal = checked_deal(membership=membership)
    offer(deal_id=deal.pk, actor=deal.opened_by)
    return fresh(deal)


def prepared_deal(*, membership: Membership) -> Deal:
    deal = accepted_deal(membership=membership)
    prepared(deal)
    return fresh(deal)


STAGES: Mapping[str, Callable[..., Deal]] = {
    "open": checked_deal,
    "offered": offered_deal,
    "accepted": accepted_deal,
    "prepared": prepared_deal,
    "signed": signed_deal,
}
TOO_EARLY = [
    *[("open", name) for name in ("accept", "prepare", "sign", "conclude", "payout")],
    *[("offered", name) for name in ("prepare", "sign", "conclude", "payout")],
    *[("accepted", name) for name in ("sign", "conclude", "payout")],
    *[("prepared", name) for name in ("conclude", "payout")],
    ("signed", "payout"),
]


@pytest.mark.parametrize(("stage", "name"), TOO_EARLY)
def test_no_stage_can_be_jumped(clerk: Client, member: Membership, stage: str, name: str) -> None:
    deal = STAGES[stage](membership=member)
    before = (rows(), deal.state)
    assert post(clerk, name, deal).status_code in {409, 422}
    assert (rows(), fresh(deal).state) == before


# --- too late: what was signed for is not changed any more ----------------------------------
TOO_LATE = [
    ("signed", "offer"),
    ("signed", "accept"),
    ("signed", "prepare"),
    ("signed", "sign"),
    ("concluded", "offer"),
    ("concluded", "conclude"),
    ("concluded", "sign"),
]


@pytest.mark.parametrize(("stage", "name"), TOO_LATE)
def test_nothing_signed_is_done_again(
    clerk: Client, member: Membership, stage: str, name: str
) -> None:
    deal = {"signed": signed_deal, "concluded": concluded_deal}[stage](membership=member)
    before = (rows(), deal.state)
    assert post(clerk, name, deal).status_code in {409, 422}
    assert (rows(), fresh(deal).state) == before


def test_a_signed_deal_refuses_edits_below_by_url(clerk: Client, member: Membership) -> None:
    deal = signed_deal(membership=member)
    item, seller = deal.items.get(), deal.seller
    assert seller is not None
    typed = {name: getattr(seller, name) for name in PARTICULARS}
    born = {"birth_on": seller.birth_on.isoformat(), "version": seller.version}
    sheet = {**GOOD, "camera": "faulty", "version": 1}
    for name, args, form in (
        ("seller", [], {**typed, **born, "occupation": "student"}),
        ("verify", [], {"document": "passport"}),
        ("inspect-item", [item.position], sheet),
        ("reject-item", [item.position], {"reason": "other"}),
        ("decline", [], {"key": str(uuid4())}),
    ):
        address = reverse(f"counter:{name}", args=[deal.code, *args])
        assert clerk.post(address, form).status_code in {409, 422}, name
    same = fresh(deal)
    assert same.items.get().check_asked_id == item.check_asked_id
    assert same.items.get().inspection.answers["camera"] == GOOD["camera"]
    assert (same.state, same.seller and same.seller.version) == (DealState.SIGNED, seller.version)


# --- each gate's own reason -------------------------------------------------------------------
def test_no_buying_decision_while_a_network_has_not_answered(
    clerk: Client, member: Membership
) -> None:
    deal = checked_deal(membership=member, marks={"docomo": None})
    answer = post(clerk, "offer", deal)
    assert answer.status_code == 422
    assert not Quote.objects.exists()


def test_no_contract_without_identity(clerk: Client, member: Membership) -> None:
    deal = checked_deal(membership=member)
    say_yes(deal)
    answer = post(clerk, "prepare", deal)
    assert answer.status_code == 422
    assert "本人確認" in answer.content.decode()
    assert not Contract.objects.exists()


def test_no_conclusion_without_signature(clerk: Client, member: Membership) -> None:
    deal = prepared_deal(membership=member)
    answer = post(clerk, "conclude", deal)
    assert answer.status_code == 422
    assert not Unit.objects.exists()


def test_an_id_that_expires_before_the_signature_does_not_count(
    clerk: Client, member: Membership
) -> None:
    deal = checked_deal(membership=member)
    show_id(deal, expires_on=timezone.localdate())
    say_yes(deal)
    contract = prepared(deal)
    with days_later(1):
        login_as(clerk, membership=member)
        check_item(deal.items.get())
        assert post(clerk, "sign", deal).status_code == 422
        assert post(clerk, "prepare", deal).status_code == 422
    assert not Signature.objects.filter(contract=contract).exists()


def test_a_seller_under_the_limit_does_not_sign(clerk: Client, member: Membership) -> None:
    deal = prepared_deal(membership=member)
    change_setting(
        key="minimum_age",
        value=40,
        valid_from=timezone.localdate(),
        reason="条例",
        actor=member.user,
        store=member.store,
    )
    answer = post(clerk, "sign", deal)
    assert answer.status_code == 422
    assert "40" in answer.content.decode()
    assert not Signature.objects.exists()


def test_the_answers_of_yesterday_are_asked_again_for_a_contract(
    clerk: Client, member: Membership
) -> None:
    deal = prepared_deal(membership=member)
    with days_later(1):
        login_as(clerk, membership=member)
        for name in ("prepare", "sign"):
            assert post(clerk, name, deal).status_code == 422
        check_item(deal.items.get())
        assert post(clerk, "sign", deal).status_code == 303
    assert Signature.objects.count() == 1


def test_an_expired_offer_is_not_signed(clerk: Client, member: Membership) -> None:
    deal = prepared_deal(membership=member)
    with days_later(4):
        login_as(clerk, membership=member)
        check_item(deal.items.get())
        assert post(clerk, "sign", deal).status_code == 422
    assert not Signature.objects.exists()


# --- fingerprints: something changed underneath -----------------------------------------------
def test_an_inspection_edited_after_the_yes_wants_a_new_offer(
    clerk: Client, member: Membership
) -> None:
    deal = prepared_deal(membership=member)
    answers = {**GOOD, "camera": "faulty"}
    item = deal.items.get()
    record_inspection(item_id=item.pk, answers=answers, version=1, actor=member.user)
    assert post(clerk, "sign", deal).status_code == 422
    assert post(clerk, "prepare", deal).status_code == 422
    assert post(clerk, "offer", deal).status_code == 303
    assert post(clerk, "sign", deal).status_code in {409, 422}  # the yes was to another price
    assert post(clerk, "accept", deal).status_code == 303
    assert post(clerk, "sign", deal).status_code == 409  # the contract still says the old price
    assert post(clerk, "prepare", deal).status_code == 303
    assert post(clerk, "sign", deal).status_code == 303
    assert Signature.objects.get().contract.total_yen == 52_200


def test_a_seller_edited_after_the_id_is_verified_again(clerk: Client, member: Membership) -> None:
    deal = prepared_deal(membership=member)
    seller = deal.seller
    assert seller is not None
    typed = {name: getattr(seller, name) for name in PARTICULARS}
    changed = {**typed, "occupation": "employee", "birth_on": seller.birth_on, "address": "横浜市1"}
    record_seller(
        deal_id=deal.pk, typed=Particulars(**changed), version=seller.version, actor=member.user
    )
    assert post(clerk, "sign", deal).status_code in {409, 422}
    assert post(clerk, "prepare", deal).status_code == 422
    show_id(deal)
    assert post(clerk, "sign", deal).status_code in {409, 422}  # the paper has the old address
    assert post(clerk, "prepare", deal).status_code == 303
    assert post(clerk, "sign", deal).status_code == 303


def test_a_new_price_book_breaks_no_promise_and_slips_into_no_contract(
    clerk: Client, member: Membership
) -> None:
    deal = prepared_deal(membership=member)
    stale = form_for("sign", deal)
    make_book(valid_from=timezone.localdate(), base=40_000)
    assert accept_problems(fresh(deal), now=timezone.now()) == ()  # the promise stands
    assert post(clerk, "offer", deal).status_code == 303  # a new offer is at the new prices
    address = reverse("counter:sign", args=[deal.code])
    assert clerk.post(address, stale).status_code in {409, 422}
    assert post(clerk, "accept", deal).status_code == 303
    assert clerk.post(address, stale).status_code == 409
    assert not Signature.objects.exists()


def test_a_changed_mark_is_not_signed_over(clerk: Client, member: Membership) -> None:
    deal = prepared_deal(membership=member)
    item = deal.items.select_related("deal__store").get()
    check_item(item, marks={"docomo": Mark.RESTRICTED})
    assert post(clerk, "sign", deal).status_code == 422
    assert prepare_problems_of(fresh(deal), now=timezone.now())


# --- stale pages ------------------------------------------------------------------------------
def test_a_page_of_an_older_contract_cannot_sign_the_newer(
    clerk: Client, member: Membership
) -> None:
    deal = prepared_deal(membership=member)
    old = form_for("sign", deal)
    assert post(clerk, "prepare", deal, language="en").status_code == 303
    answer = clerk.post(reverse("counter:sign", args=[deal.code]), old)
    assert answer.status_code == 409
    assert not Signature.objects.exists()


def test_a_page_of_an_older_offer_cannot_take_a_yes_to_the_newer(
    clerk: Client, member: Membership
) -> None:
    deal = offered_deal(membership=member)
    old = form_for("accept", deal)
    item = deal.items.get()
    record_inspection(
        item_id=item.pk, answers={**GOOD, "camera": "faulty"}, version=1, actor=member.user
    )
    assert post(clerk, "offer", deal).status_code == 303
    assert clerk.post(reverse("counter:accept", args=[deal.code]), old).status_code == 409
    assert fresh(deal).state == DealState.OFFERED


def test_a_signature_for_another_deal_is_not_taken(clerk: Client, member: Membership) -> None:
    deal, other = prepared_deal(membership=member), prepared_deal(membership=member)
    address = reverse("counter:sign", args=[deal.code])
    assert clerk.post(address, form_for("sign", other)).status_code == 404
    assert not Signature.objects.exists()


# --- other stores, other roles ----------------------------------------------------------------
ACTS = ("offer", "accept", "prepare", "sign", "conclude", "payout")


@pytest.mark.parametrize("name", ACTS)
def test_another_stores_deal_is_not_there(client: Client, member: Membership, name: str) -> None:
    deal = prepared_deal(membership=member)
    stranger = make_membership(store=make_store(), role=Role.OWNER)
    login_as(client, membership=stranger)
    before = rows()
    assert post(client, name, deal).status_code == 404
    assert rows() == before


MAY_NOT = [
    *[(Role.AUDITOR, name) for name in ACTS],
    *[(Role.INSPECTOR, name) for name in ("accept", "prepare", "sign", "conclude", "payout")],
    (Role.STAFF, "payout"),
]


@pytest.mark.parametrize(("role", "name"), MAY_NOT)
def test_a_role_without_the_permission_gets_403(client: Client, role: Role, name: str) -> None:
    watcher = make_membership(role=role)
    deal = prepared_deal(membership=make_membership(store=watcher.store))
    login_as(client, membership=watcher)
    before = rows()
    assert post(client, name, deal).status_code == 403
    assert rows() == before


@pytest.mark.parametrize("name", ACTS)
def test_a_stranger_is_sent_to_the_log_in(client: Client, member: Membership, name: str) -> None:
    deal = prepared_deal(membership=member)
    answer = post(client, name, deal)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_the_straight_way_is_open(clerk: Client, member: Membership) -> None:
    """The same forms as above, in their order: what was refused there is not refused always."""
    deal = checked_deal(membership=member)
    show_id(deal)
    for name in ACTS:
        assert post(clerk, name, deal).status_code == 303, name
    assert fresh(deal).state == DealState.PAID
    assert rows() == (1, 1, 1, 1, 1, 1, 1)
