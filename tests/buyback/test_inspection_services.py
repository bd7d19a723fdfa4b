"""Recording what was found on a device, and refusing it."""

import pytest
from django.core.exceptions import ValidationError

from buyback.deals.models import DealEvent
from buyback.deals.policy import EventKind, ItemState
from buyback.inspection.models import Inspection
from buyback.inspection.services import record_inspection, reject_item
from buyback.pricing.services import accept, offer
from tests.buyback.priced import GOOD, make_book, make_ready
from tests.factories import make_deal, make_item

pytestmark = pytest.mark.django_db


def test_it_saves_part_of_the_answers_and_completes_them_later() -> None:
    deal = make_deal()
    item = deal.items.get()
    first = record_inspection(
        item_id=item.pk, answers={"battery": "８５％"}, version=0, actor=deal.opened_by
    )
    assert (first.answers, first.complete, first.version) == ({"battery": "85"}, False, 1)
    second = record_inspection(item_id=item.pk, answers=GOOD, version=1, actor=deal.opened_by)
    assert second.complete
    assert second.version == 2
    events = DealEvent.objects.filter(kind=EventKind.INSPECTION_RECORDED).order_by("pk")
    assert [event.details["complete"] for event in events] == [False, True]
    assert events[1].details["changes"]["battery"] == {"from": "85", "to": "90"}


def test_it_refuses_a_version_somebody_else_has_passed() -> None:
    deal = make_deal()
    item = deal.items.get()
    record_inspection(item_id=item.pk, answers=GOOD, version=0, actor=deal.opened_by)
    with pytest.raises(ValidationError) as refused:
        record_inspection(item_id=item.pk, answers={}, version=0, actor=deal.opened_by)
    assert refused.value.code == "stale"
    assert Inspection.objects.get().answers == dict(GOOD)


def test_a_contradiction_is_said_beside_both_questions() -> None:
    deal = make_deal()
    wrong = {**GOOD, "exterior": "unused", "glass": "cracked"}
    with pytest.raises(ValidationError) as refused:
        record_inspection(
            item_id=deal.items.get().pk, answers=wrong, version=0, actor=deal.opened_by
        )
    errors = refused.value.error_dict
    assert set(errors) == {"exterior", "glass"}
    assert errors["glass"][0].code == "answers-contradict"
    assert not Inspection.objects.exists()


def test_a_contradiction_is_refused_in_a_part_too() -> None:
    deal = make_deal()
    with pytest.raises(ValidationError) as refused:
        record_inspection(
            item_id=deal.items.get().pk,
            answers={"power_on": "no", "camera": "works"},
            version=0,
            actor=deal.opened_by,
        )
    assert set(refused.value.error_dict) == {"power_on", "camera"}


@pytest.mark.parametrize("typed", ["百", "0", "101", "80 unknown", "８０．５"])
def test_it_refuses_a_battery_that_is_no_percentage(typed: str) -> None:
    deal = make_deal()
    with pytest.raises(ValidationError) as refused:
        record_inspection(
            item_id=deal.items.get().pk,
            answers={**GOOD, "battery": typed},
            version=0,
            actor=deal.opened_by,
        )
    assert set(refused.value.error_dict) == {"battery"}


def test_a_rejected_item_leaves_and_takes_no_more_answers() -> None:
    deal = make_deal()
    other = make_item(deal=deal)
    item = reject_item(item_id=other.pk, reason_code="imei-altered", actor=deal.opened_by)
    assert item.state == ItemState.REJECTED
    event = DealEvent.objects.get(kind=EventKind.ITEM_REJECTED)
    assert event.details == {"reason": "imei-altered"}
    for act in (
        lambda: record_inspection(item_id=item.pk, answers={}, version=0, actor=deal.opened_by),
        lambda: reject_item(item_id=item.pk, reason_code="mdm-on", actor=deal.opened_by),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert refused.value.code == "not-now"


@pytest.mark.parametrize("reason", ["", "because", "decision-waits-for-check"])
def test_a_rejection_needs_a_reason_of_the_rules(reason: str) -> None:
    deal = make_deal()
    with pytest.raises(ValidationError) as refused:
        reject_item(item_id=deal.items.get().pk, reason_code=reason, actor=deal.opened_by)
    assert refused.value.code == "unknown-reason"


def test_an_accepted_deal_may_still_be_inspected_again() -> None:
    make_book()
    deal = make_deal()
    make_ready(deal)
    made = offer(deal_id=deal.pk, actor=deal.opened_by)
    accept(deal_id=deal.pk, offer_fingerprint=made.fingerprint, actor=deal.opened_by)
    again = record_inspection(
        item_id=deal.items.get().pk, answers=GOOD, version=1, actor=deal.opened_by
    )
    assert again.version == 2
