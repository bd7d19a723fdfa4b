"""What follows from an inspection today: grade, decision and what is missing."""

from datetime import date

import pytest
from django.utils import timezone

from buyback.deals.models import Deal
from buyback.inspection.policy import Remedy
from buyback.inspection.queries import InspectionState, inspection_state, items_of
from carriers.networks.answer import Failure, Mark
from inventory.units.policy import Channel, Disposition, Grade
from shop.settings_book import change_setting
from tests.buyback.priced import check_item, inspect, make_ready
from tests.factories import make_deal

pytestmark = pytest.mark.django_db


def state_of(deal: Deal) -> InspectionState:
    return inspection_state(items_of(Deal.objects.get(pk=deal.pk))[0], now=timezone.now())


def codes(state: InspectionState) -> list[str]:
    return [problem.code for problem in state.problems]


def test_nothing_recorded_is_incomplete() -> None:
    state = state_of(make_deal())
    assert not state.complete
    assert (state.grade, state.decision, state.version) == (None, None, 0)
    assert codes(state) == ["inspection-incomplete"]


def test_a_good_phone_is_graded_and_bought_for_resale() -> None:
    deal = make_deal()
    make_ready(deal)
    state = state_of(deal)
    assert state.grade is Grade.B
    assert state.decision is not None
    assert state.decision.disposition is Disposition.RESALE
    assert state.problems == ()


def test_an_open_check_gives_no_decision() -> None:
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by)
    assert codes(state_of(deal)) == ["decision-waits-for-check"]
    check_item(item, marks={"kddi": Failure.UNAVAILABLE})
    state = state_of(deal)
    assert state.decision is not None
    assert state.decision.disposition is None
    assert state.remedies == (Remedy.WAIT_FOR_CHECK,)


def test_a_restricted_phone_is_never_domestic() -> None:
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by)
    check_item(item, marks={"softbank": Mark.RESTRICTED})
    state = state_of(deal)
    assert state.decision is not None
    assert Channel.DOMESTIC not in state.decision.channels
    assert codes(state) == ["device-refused", "restricted", "ownership-not-proved"]


def test_a_lock_is_a_reason_to_refuse_with_its_remedy() -> None:
    deal = make_deal()
    make_ready(deal, account_lock="on")
    state = state_of(deal)
    assert codes(state) == ["device-refused", "account-lock-on"]
    assert state.remedies == (Remedy.LIFT_ACCOUNT_LOCK,)


def test_the_settings_of_the_day_decide() -> None:
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by)
    check_item(item, marks={"docomo": Mark.AT_RISK})
    before = state_of(deal).decision
    change_setting(
        key="takes_at_risk",
        value=False,
        valid_from=date(2026, 1, 1),
        reason="test",
        actor=deal.opened_by,
        store=deal.store,
    )
    after = state_of(deal).decision
    assert before is not None
    assert after is not None
    assert before.disposition is Disposition.RESALE
    assert after.disposition is Disposition.PARTS_ONLY
