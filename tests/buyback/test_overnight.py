"""Signed in the evening, concluded the next morning: the carriers answer anew, or it waits."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from buyback.contracts.services import conclude
from buyback.deals.checking import answer_by_person, ask_carriers
from buyback.deals.models import Deal, Item
from buyback.deals.policy import DealState
from carriers.checks.models import Lookup
from carriers.checks.policy import LookupState
from carriers.networks.answer import Mark
from tests.buyback.contracted import signed_deal

pytestmark = pytest.mark.django_db


def ask_anew(deal: Deal, mark: Mark) -> None:
    item = Item.objects.get(deal=deal)
    ask_carriers(item_id=item.pk, actor=deal.opened_by, again=True)
    open_ones = Lookup.objects.filter(imei=item.imei1, state=LookupState.ASSISTED)
    for lookup in open_ones:
        answer_by_person(
            deal_id=deal.pk, lookup_id=lookup.pk, mark=mark, note="", actor=deal.opened_by
        )


def test_the_answers_of_yesterday_do_not_conclude() -> None:
    deal = signed_deal()
    with (
        time_machine.travel(timezone.now() + timedelta(days=1), tick=False),
        pytest.raises(ValidationError) as refused,
    ):
        conclude(deal_id=deal.pk, actor=deal.opened_by, phone_in_hand=True)
    assert refused.value.code == "check-not-today"


def test_the_same_answers_of_today_do() -> None:
    deal = signed_deal()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        ask_anew(deal, Mark.CLEAR)
        conclude(deal_id=deal.pk, actor=deal.opened_by, phone_in_hand=True)
    assert Deal.objects.get(pk=deal.pk).state == DealState.CONCLUDED


def test_another_mark_of_today_stops_it() -> None:
    deal = signed_deal()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        ask_anew(deal, Mark.RESTRICTED)
        with pytest.raises(ValidationError):
            conclude(deal_id=deal.pk, actor=deal.opened_by, phone_in_hand=True)
    assert Deal.objects.get(pk=deal.pk).state == DealState.SIGNED
