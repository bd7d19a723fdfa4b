"""Stages, gates, sum and next step of a real deal, from intake to payment."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from buyback.contracts import wording as contracts
from buyback.contracts.models import ContractText, ContractTextAdoption
from buyback.counter.frame import deal_or_404
from buyback.counter.gates import CURED_AT
from buyback.counter.policy import Stage, StageStatus
from buyback.counter.queries import DealScreen, deal_screen
from buyback.deals import wording as deals
from buyback.deals.models import Deal, Item
from buyback.deals.services import place_hold, return_item
from buyback.identity import wording as identity
from buyback.inspection import services as inspection_services
from buyback.inspection import wording as inspection
from buyback.payouts import wording as payouts
from buyback.pricing import wording as pricing
from buyback.pricing.services import offer
from buyback.sellers import wording as sellers
from carriers.checks import wording as checks
from carriers.networks.answer import Mark
from shop.people.access import StaffRequest
from shop.people.models import Membership
from tests.buyback.contracted import (
    accepted_deal,
    checked_deal,
    concluded_deal,
    pay,
    prepared,
    show_id,
    signed_deal,
)
from tests.buyback.priced import check_item
from tests.factories import login_as, make_deal, make_membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership()


def screen_of(deal: Deal, member: Membership) -> DealScreen:
    """Return the frame of the deal as a request would get it."""
    request = StaffRequest()
    request.user, request.membership = member.user, member
    return deal_screen(
        deal_or_404(request, deal.code), membership=member, now=timezone.now(), stage=Stage.INTAKE
    )


def done(screen: DealScreen) -> set[Stage]:
    return {line.stage for line in screen.stages if line.status is StageStatus.DONE}


def next_of(screen: DealScreen) -> Stage | None:
    return screen.next.stage if screen.next else None


def offered(member: Membership) -> Deal:
    deal = checked_deal(membership=member)
    offer(deal_id=deal.pk, actor=member.user)
    return deal


def with_contract(member: Membership) -> Deal:
    deal = accepted_deal(membership=member)
    ContractTextAdoption.objects.create(
        store=member.store,
        text=ContractText.objects.get(),
        adopted_at=timezone.now(),
        adopted_by=member.user,
    )
    prepared(deal)
    return deal


def paid(member: Membership) -> Deal:
    deal = concluded_deal(membership=member)
    pay(deal)
    return deal


BEFORE_QUOTE = {Stage.INTAKE, Stage.CHECK, Stage.INSPECTION}
ROAD: list[tuple[Callable[[Membership], Deal], set[Stage], Stage | None, str]] = [
    (lambda m: make_deal(membership=m), {Stage.INTAKE}, Stage.CHECK, ""),
    (lambda m: checked_deal(membership=m), BEFORE_QUOTE, Stage.QUOTE, "58,000"),
    (offered, BEFORE_QUOTE, Stage.QUOTE, "58,000"),
    (
        lambda m: accepted_deal(membership=m),
        BEFORE_QUOTE | {Stage.QUOTE, Stage.IDENTITY},
        Stage.CONTRACT,
        "58,000",
    ),
    (with_contract, BEFORE_QUOTE | {Stage.QUOTE, Stage.IDENTITY}, Stage.CONTRACT, "58,000"),
    (
        lambda m: signed_deal(membership=m),
        BEFORE_QUOTE | {Stage.QUOTE, Stage.IDENTITY},
        Stage.CONTRACT,
        "58,000",
    ),
    (lambda m: concluded_deal(membership=m), set(Stage) - {Stage.PAYOUT}, Stage.PAYOUT, "58,000"),
    (paid, set(Stage), None, "58,000"),
]
IDS = ["open", "checked", "offered", "accepted", "prepared", "signed", "concluded", "paid"]


@pytest.mark.parametrize(("make", "stages", "ahead", "yen"), ROAD, ids=IDS)
def test_every_station_of_the_road(
    member: Membership,
    make: Callable[[Membership], Deal],
    stages: set[Stage],
    ahead: Stage | None,
    yen: str,
) -> None:
    screen = screen_of(make(member), member)
    assert done(screen) == stages
    assert next_of(screen) is ahead
    assert screen.sum_text == yen
    assert not any(line.status is StageStatus.BLOCKED for line in screen.stages)
    assert all(gate.mark == "ok" for gate in screen.gates) is (ahead is None)


@pytest.mark.parametrize("make", [row[0] for row in ROAD], ids=IDS)
def test_a_page_of_every_station_stays_in_its_budget(
    client: Client,
    member: Membership,
    make: Callable[[Membership], Deal],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    deal = make(member)
    login_as(client, membership=member)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("counter:intake", args=[deal.code]))
    assert page.status_code == 200


def test_the_sum_is_an_estimate_until_it_is_offered(member: Membership) -> None:
    deal = checked_deal(membership=member)
    assert screen_of(deal, member).is_estimate
    offer(deal_id=deal.pk, actor=member.user)
    assert not screen_of(deal, member).is_estimate


def test_a_promise_whose_ground_fell_away_is_blocked(member: Membership) -> None:
    deal = accepted_deal(membership=member)
    item = Item.objects.select_related("deal__store", "deal__opened_by").get(deal=deal)
    check_item(item, marks={"docomo": Mark.RESTRICTED})
    screen = screen_of(deal, member)
    blocked = {line.stage for line in screen.stages if line.status is StageStatus.BLOCKED}
    assert Stage.QUOTE in blocked
    assert next_of(screen) is not Stage.CONTRACT
    assert any(gate.mark == "no" for gate in screen.gates)


def test_yesterdays_answers_do_not_carry_a_contract(member: Membership) -> None:
    deal = accepted_deal(membership=member)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        screen = screen_of(deal, member)
    assert next_of(screen) is Stage.CHECK
    assert Stage.CHECK not in done(screen)


def test_an_id_that_expired_comes_back(member: Membership) -> None:
    deal = checked_deal(membership=member)
    show_id(deal, expires_on=timezone.localdate() + timedelta(days=1))
    assert Stage.IDENTITY in done(screen_of(deal, member))
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert Stage.IDENTITY not in done(screen_of(deal, member))


def test_a_hold_stands_among_the_gates(member: Membership) -> None:
    for deal in (make_deal(membership=member), concluded_deal(membership=member)):
        place_hold(deal_id=deal.pk, reason="確認中", actor=member.user)
        screen = screen_of(deal, member)
        assert screen.hold is not None
        assert sum("保留" in gate.text for gate in screen.gates) == 1


def test_a_deal_without_devices_left_asks_for_one(member: Membership) -> None:
    deal = make_deal(membership=member)
    return_item(item_id=deal.items.get().pk, reason="やめる", actor=member.user)
    screen = screen_of(deal, member)
    assert (done(screen), next_of(screen)) == (set(), Stage.INTAKE)


def test_the_history_reads_like_a_story(client: Client, member: Membership) -> None:
    deal = concluded_deal(membership=member)
    pay(deal)
    login_as(client, membership=member)
    text = client.get(reverse("counter:history", args=[deal.code])).content.decode()
    for said in ("お客様に支払いました", "58,000円", "在庫番号", "電源", "署名しました"):
        assert said in text


def test_a_reason_of_the_rules_is_said_in_words(client: Client, member: Membership) -> None:
    deal = make_deal(membership=member)
    code = inspection_services.REJECT_REASONS[0]
    inspection_services.reject_item(
        item_id=deal.items.get().pk, reason_code=code, actor=member.user
    )
    login_as(client, membership=member)
    text = client.get(reverse("counter:history", args=[deal.code])).content.decode()
    assert str(inspection.TABLE[code].staff) in text


TABLES = (checks, inspection, pricing, sellers, identity, contracts, payouts, deals)


def test_a_code_belongs_to_one_package_and_one_stage() -> None:
    codes = [str(code) for package in TABLES for code in package.TABLE]
    assert sorted(codes) == sorted(set(codes))
    assert set(codes) == {str(code) for code in CURED_AT}
