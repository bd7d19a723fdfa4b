"""Who waits too long for somebody else's lock gets a page with a sentence, and nothing is saved."""

from threading import Event
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from buyback.deals.models import Deal
from buyback.deals.policy import DealState
from buyback.deals.transition import lock_deal
from tests.cluster import Database
from tests.factories import login_as, make_deal, make_membership
from tests.together import together

pytestmark = pytest.mark.concurrency


def test_a_lock_held_too_long_is_a_busy_page(fresh_db: Database) -> None:
    member = make_membership()
    deal = make_deal(membership=member)
    client = login_as(Client(raise_request_exception=False), membership=member)
    locked, answered = Event(), Event()

    def hold_the_lock() -> None:
        with transaction.atomic():
            lock_deal(deal.pk)
            locked.set()
            answered.wait(timeout=15)

    def cancel() -> object:
        locked.wait(timeout=15)
        try:
            form = {"reason": "気が変わった", "key": str(uuid4())}
            return client.post(reverse("counter:cancel", args=[deal.code]), form)
        finally:
            answered.set()

    _held, answer = together(hold_the_lock, cancel)
    assert answer.status_code == 503  # type: ignore[attr-defined]  # the response
    assert answer["Retry-After"] == "5"  # type: ignore[index]  # the same
    page = answer.content.decode()  # type: ignore[attr-defined]  # the same
    assert "混み合っています" in page
    assert "not saved" in page
    assert Deal.objects.get().state == DealState.OPEN


def test_what_is_broken_is_not_called_busy(
    fresh_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("buyback.counter.views.board.board_of", broken)
    client = login_as(Client(raise_request_exception=False), membership=make_membership())
    answer = client.get(reverse("counter:board"))
    assert answer.status_code == 500
    assert "システムの不具合" in answer.content.decode()
