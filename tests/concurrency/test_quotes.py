"""Two people at one deal at the same moment: each offer gets its own number, one yes counts once.

The first test shows the race that the deal's lock is there for.
"""

from functools import partial
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from pytest import MonkeyPatch

from buyback.deals.models import Deal, DealEvent
from buyback.deals.policy import DealState, EventKind
from buyback.pricing import services
from buyback.pricing.facts import lines_as_json
from buyback.pricing.models import Quote
from buyback.pricing.policy import QuoteLines
from buyback.pricing.queries import Offer
from tests.buyback.priced import make_book, make_ready
from tests.cluster import Database
from tests.factories import make_deal
from tests.together import together

pytestmark = pytest.mark.concurrency


def ready() -> Deal:
    make_book()
    deal = make_deal()
    make_ready(deal)
    return deal


def test_without_the_lock_two_offers_take_the_same_number(
    fresh_db: Database, monkeypatch: MonkeyPatch
) -> None:
    deal = ready()
    both_have_counted = Barrier(2)

    def write_lines_after_both_counted(lines: QuoteLines) -> object:
        both_have_counted.wait(timeout=10)
        return lines_as_json(lines)

    monkeypatch.setattr(services, "lock_deal", lambda pk: Deal.objects.get(pk=pk))
    monkeypatch.setattr(services, "lock_items", lambda _deal: [])
    monkeypatch.setattr(services, "lines_as_json", write_lines_after_both_counted)
    act = partial(services.offer, deal_id=deal.pk, actor=deal.opened_by)
    results = together(act, act)
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "Offer"]
    assert any(isinstance(result, IntegrityError) for result in results)


def test_two_offers_at_once_get_a_number_each(fresh_db: Database) -> None:
    deal = ready()
    act = partial(services.offer, deal_id=deal.pk, actor=deal.opened_by)
    results = together(act, act)
    assert [type(result) for result in results] == [Offer, Offer]
    assert list(Quote.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert Deal.objects.get().state == DealState.OFFERED


def test_two_yeses_at_once_count_once(fresh_db: Database) -> None:
    deal = ready()
    made = services.offer(deal_id=deal.pk, actor=deal.opened_by)
    act = partial(
        services.accept,
        deal_id=deal.pk,
        offer_fingerprint=made.fingerprint,
        actor=deal.opened_by,
    )
    results = together(act, act)
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert [error.code for error in refused] == ["not-now"]
    assert DealEvent.objects.filter(kind=EventKind.ACCEPTED).count() == 1


def test_a_yes_and_a_no_at_once_leave_one_of_them(fresh_db: Database) -> None:
    deal = ready()
    made = services.offer(deal_id=deal.pk, actor=deal.opened_by)
    results = together(
        partial(
            services.accept,
            deal_id=deal.pk,
            offer_fingerprint=made.fingerprint,
            actor=deal.opened_by,
        ),
        partial(services.decline, deal_id=deal.pk, actor=deal.opened_by),
    )
    # No after yes is allowed, yes after no is not: the no always stands.
    assert isinstance(results[1], Deal)
    assert Deal.objects.get().state == DealState.DECLINED
