"""Offers: made through the gate, accepted once, declined, run out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from buyback.deals.models import Deal, DealEvent, Item
from buyback.deals.policy import DealState, EventKind, ItemState
from buyback.deals.services import place_hold
from buyback.inspection.services import reject_item
from buyback.pricing.models import Quote
from buyback.pricing.queries import accept_problems, current_offer
from buyback.pricing.services import accept, decline, decline_item, expire_offers, offer
from carriers.networks.answer import Failure, Mark
from inventory.units.policy import Channel
from tests.buyback.priced import check_item, in_days, inspect, make_book, make_ready
from tests.factories import make_deal, make_item, make_variant

pytestmark = pytest.mark.django_db


def ready(**changes: str) -> Deal:
    make_book()
    deal = make_deal()
    make_ready(deal, **changes)
    return deal


def offered(deal: Deal | None = None) -> tuple[Deal, str]:
    found = deal or ready()
    return found, offer(deal_id=found.pk, actor=found.opened_by).fingerprint


def fresh(deal: Deal) -> Deal:
    return Deal.objects.get(pk=deal.pk)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as refused:
        act()
    return str(refused.value.code)


def accept_codes(deal: Deal) -> list[str]:
    return [problem.code for problem in accept_problems(fresh(deal), now=timezone.now())]


def test_an_offer_writes_a_quote_with_its_facts_and_moves_deal_and_item() -> None:
    deal = ready()
    made = offer(deal_id=deal.pk, actor=deal.opened_by)
    quote = Quote.objects.get()
    assert made.total_yen == quote.total_yen == 58_000
    assert quote.facts["marks"]["docomo/1"] == "clear"
    assert quote.facts["terms"]["quote_valid_days"] == 3
    assert quote.valid_until == quote.made_at + timedelta(days=3)
    assert [line["code"] for line in quote.lines] == ["base"]
    assert fresh(deal).state == DealState.OFFERED
    assert deal.items.get().state == ItemState.OFFERED
    event = DealEvent.objects.get(kind=EventKind.OFFERED)
    assert event.details == {"total_yen": 58_000, "fingerprint": made.fingerprint}


@pytest.mark.parametrize("answer", [None, Failure.UNAVAILABLE, Failure.UNREADABLE])
def test_an_unresolved_check_gives_no_offer(answer: Failure | None) -> None:
    make_book()
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by)
    check_item(item, marks={"docomo": answer})
    assert code_of(lambda: offer(deal_id=deal.pk, actor=deal.opened_by)) == "check-unresolved"
    assert not Quote.objects.exists()
    assert fresh(deal).state == DealState.OPEN


def test_the_refusal_says_everything_that_is_missing() -> None:
    deal = make_deal()
    with pytest.raises(ValidationError) as refused:
        offer(deal_id=deal.pk, actor=deal.opened_by)
    assert refused.value.code == "check-unresolved"
    assert len(refused.value.messages) == 3


def test_an_old_check_gives_no_offer() -> None:
    make_book()
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by)
    check_item(item, at=in_days(-2.1))
    assert code_of(lambda: offer(deal_id=deal.pk, actor=deal.opened_by)) == "check-stale"


def test_a_restricted_phone_is_not_offered_for() -> None:
    make_book()
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by)
    check_item(item, marks={"docomo": Mark.RESTRICTED})
    assert code_of(lambda: offer(deal_id=deal.pk, actor=deal.opened_by)) == "device-refused"


def test_a_phone_with_open_payments_is_offered_less() -> None:
    make_book()
    deal = make_deal()
    item = deal.items.get()
    inspect(item, actor=deal.opened_by)
    check_item(item, marks={"docomo": Mark.AT_RISK})
    offer(deal_id=deal.pk, actor=deal.opened_by)
    quote = Quote.objects.get()
    assert quote.total_yen == 49_300
    assert quote.channel_set == {Channel.DOMESTIC, Channel.PARTS}


def test_a_phone_the_book_does_not_list_is_not_offered_for() -> None:
    make_book()
    deal = make_deal(variant=make_variant(model="Pixel 8"))
    make_ready(deal)
    assert code_of(lambda: offer(deal_id=deal.pk, actor=deal.opened_by)) == "price-missing"


def test_a_phone_without_a_model_is_not_offered_for() -> None:
    deal = ready()
    Item.objects.filter(deal=deal).update(variant=None)
    assert code_of(lambda: offer(deal_id=deal.pk, actor=deal.opened_by)) == "variant-missing"


def test_a_held_deal_is_not_offered_for() -> None:
    deal = ready()
    place_hold(deal_id=deal.pk, reason="照会中", actor=deal.opened_by)
    assert code_of(lambda: offer(deal_id=deal.pk, actor=deal.opened_by)) == "on-hold"


def test_the_yes_is_taken_once() -> None:
    deal, shown = offered()
    assert accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by).state == (
        DealState.ACCEPTED
    )
    again = lambda: accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)  # noqa: E731  # said once more, as the second click does
    assert code_of(again) == "not-now"
    assert DealEvent.objects.filter(kind=EventKind.ACCEPTED).count() == 1
    assert accept_codes(deal) == []


def test_a_page_with_an_older_offer_is_refused() -> None:
    deal, shown = offered()
    inspect(deal.items.get(), actor=deal.opened_by, glass="cracked")
    newer = offer(deal_id=deal.pk, actor=deal.opened_by)
    assert newer.total_yen == 52_200
    assert [quote.number for quote in newer.quotes] == [2]
    refused = code_of(
        lambda: accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)
    )
    assert refused == "offer-changed"


def test_the_same_offer_made_again_is_the_same_offer() -> None:
    deal, shown = offered()
    assert offer(deal_id=deal.pk, actor=deal.opened_by).fingerprint == shown


def test_an_expired_offer_is_not_accepted() -> None:
    deal, shown = offered()
    with time_machine.travel(in_days(3.01), tick=False):
        refused = code_of(
            lambda: accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)
        )
    assert refused == "quote-expired"


def test_facts_that_change_after_the_yes_turn_the_gate_red() -> None:
    deal, shown = offered()
    accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)
    inspect(deal.items.get(), actor=deal.opened_by, glass="cracked")
    assert accept_codes(deal) == ["facts-changed"]
    inspect(deal.items.get(), actor=deal.opened_by)
    assert accept_codes(deal) == []


def test_asked_again_with_the_same_marks_the_offer_stands() -> None:
    deal, shown = offered()
    check_item(deal.items.get())
    assert accept_codes(deal) == []
    check_item(deal.items.get(), marks={"docomo": Mark.AT_RISK})
    assert accept_codes(deal) == ["facts-changed"]
    check_item(deal.items.get(), marks={"docomo": Failure.UNAVAILABLE})
    assert accept_codes(deal) == ["check-unresolved"]
    refused = code_of(
        lambda: accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)
    )
    assert refused == "check-unresolved"


def test_a_newer_price_book_does_not_change_an_offer_that_stands() -> None:
    deal, shown = offered()
    make_book(valid_from=timezone.localdate(), base=29_000)
    accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)
    assert accept_codes(deal) == []
    assert offer(deal_id=deal.pk, actor=deal.opened_by).total_yen == 29_000


def test_a_new_offer_after_the_yes_needs_another_yes() -> None:
    deal, shown = offered()
    accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)
    offer(deal_id=deal.pk, actor=deal.opened_by)
    assert fresh(deal).state == DealState.OFFERED


def test_an_item_that_leaves_after_the_yes_makes_it_another_offer() -> None:
    make_book()
    deal = make_deal()
    second = make_item(deal=deal)
    make_ready(deal)
    made = offer(deal_id=deal.pk, actor=deal.opened_by)
    assert made.total_yen == 116_000
    accept(deal_id=deal.pk, offer_fingerprint=made.fingerprint, actor=deal.opened_by)
    reject_item(item_id=second.pk, reason_code="mdm-on", actor=deal.opened_by)
    assert accept_codes(deal) == ["offer-changed"]


def test_an_item_added_after_the_offer_needs_its_own_quote() -> None:
    deal, shown = offered()
    make_item(deal=deal)
    refused = code_of(
        lambda: accept(deal_id=deal.pk, offer_fingerprint=shown, actor=deal.opened_by)
    )
    assert refused == "quote-missing"


def test_a_declined_deal_lets_every_device_go() -> None:
    deal, _shown = offered()
    make_item(deal=deal)
    assert decline(deal_id=deal.pk, actor=deal.opened_by).state == DealState.DECLINED
    states = list(deal.items.order_by("position").values_list("state", flat=True))
    assert states == [ItemState.DECLINED, ItemState.RETURNED]
    assert code_of(lambda: decline(deal_id=deal.pk, actor=deal.opened_by)) == "not-now"


def test_without_an_offer_there_is_nothing_to_decline() -> None:
    deal = ready()
    assert code_of(lambda: decline(deal_id=deal.pk, actor=deal.opened_by)) == "not-now"
    item = deal.items.get()
    assert code_of(lambda: decline_item(item_id=item.pk, actor=deal.opened_by)) == "not-now"


def test_one_declined_item_leaves_the_others_and_the_last_ends_the_deal() -> None:
    make_book()
    deal = make_deal()
    make_item(deal=deal)
    first, second = make_ready(deal)
    offer(deal_id=deal.pk, actor=deal.opened_by)
    assert decline_item(item_id=first.pk, actor=deal.opened_by).state == DealState.OFFERED
    left = current_offer(fresh(deal))
    assert left is not None
    assert left.total_yen == 58_000
    assert decline_item(item_id=second.pk, actor=deal.opened_by).state == DealState.DECLINED


def test_offers_run_out_once_and_free_the_devices() -> None:
    deal, _shown = offered()
    assert expire_offers(timezone.now()) == 0
    late = in_days(3.01)
    assert expire_offers(late) == 1
    assert expire_offers(late) == 0
    assert fresh(deal).state == DealState.EXPIRED
    assert deal.items.get().state == ItemState.DECLINED
    assert DealEvent.objects.get(kind=EventKind.EXPIRED).actor is None


def test_an_offer_made_again_lives_longer() -> None:
    deal, _shown = offered()
    with time_machine.travel(in_days(1.5), tick=False):
        offer(deal_id=deal.pk, actor=deal.opened_by)
    assert expire_offers(in_days(3.01)) == 0
    assert expire_offers(in_days(4.6)) == 1
