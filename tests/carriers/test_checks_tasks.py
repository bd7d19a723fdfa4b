"""What workers do when woken, twice, late or never; and the sweeper behind them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import transaction
from django.utils import timezone

from carriers.checks import records, tasks, wake
from carriers.checks.models import Lookup
from carriers.checks.policy import LEASE_S, RETRY_DELAYS, LookupState
from carriers.networks.answer import Failure, Mark
from carriers.sandbox.script import Fault, Reply, Sign
from carriers.sandbox.server import StandIn
from tests.carriers.lookups import make_lookup, reply

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Sent:
    """A task that notes what it was sent instead of publishing it."""

    name = "noted"

    def __init__(self) -> None:
        self.pks: list[int] = []
        self.countdowns: list[int] = []

    def take(
        self, task: object, pks: list[int], *, countdown_s: int = 0, expires_s: int | None = None
    ) -> bool:
        self.pks.extend(pks)
        self.countdowns.append(countdown_s)
        return True


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    noted = Sent()
    monkeypatch.setattr(tasks, "send", noted.take)
    monkeypatch.setattr(wake, "send", noted.take)
    return noted


@pytest.fixture
def site(settings: LazySettings, slots: str) -> Iterator[StandIn]:
    with StandIn(lambda digits, name: Reply(Sign.CIRCLE)) as stand_in:
        settings.STAND_IN_URL = stand_in.url
        yield stand_in


def test_it_asks_and_records(site: StandIn) -> None:
    lookup = make_lookup()
    tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.mark) == (LookupState.ANSWERED, "clear")
    assert lookup.stand_in
    assert lookup.parser_version.startswith("docomo/")


def test_delivered_twice_asks_once(site: StandIn) -> None:
    lookup = make_lookup()
    tasks.ask_once(lookup.pk)
    asked = len(site.requests)
    tasks.ask_once(lookup.pk)
    assert len(site.requests) == asked
    assert lookup.attempts.count() == 2


def test_a_lookup_that_is_gone_or_over_is_no_error() -> None:
    tasks.ask_once(987_654)


def test_without_a_site_to_ask_a_person_is_asked(settings: LazySettings) -> None:
    settings.STAND_IN_URL = ""
    lookup = make_lookup()
    tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.mode) == (LookupState.ASSISTED, "assisted")


def test_a_changed_page_is_failed_and_never_a_mark(site: StandIn) -> None:
    site.script = lambda digits, name: Reply(Sign.CIRCLE, Fault.CHANGED)
    lookup = make_lookup()
    tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.mark, lookup.failure) == ("failed", "", Failure.UNREADABLE)


def test_an_outage_is_tried_again_by_the_table_and_then_given_up(
    site: StandIn, sent: Sent, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    site.script = lambda digits, name: Reply(fault=Fault.SERVER_ERROR)
    with time_machine.travel(NOW, tick=False) as clock:
        lookup = make_lookup()
        for delay in RETRY_DELAYS:
            with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # pytest-django types it loosely
                tasks.ask_once(lookup.pk)
            lookup.refresh_from_db()
            assert lookup.state == LookupState.RETRY
            assert lookup.next_try_at == timezone.now() + timedelta(seconds=delay)
            clock.shift(delay)
        tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.tries) == (LookupState.FAILED, len(RETRY_DELAYS) + 1)
    assert lookup.failure == Failure.UNAVAILABLE
    assert sent.countdowns == [delay for delay in RETRY_DELAYS if delay <= 30]


def test_a_short_retry_wakes_by_itself(site: StandIn, sent: Sent) -> None:
    site.script = lambda digits, name: Reply(fault=Fault.TOO_MANY)
    lookup = make_lookup()
    with transaction.atomic():
        tasks.ask_once(lookup.pk)
    lookup.refresh_from_db()
    assert lookup.attempts.filter(http_status=429).count() == 1


def test_the_network_is_asked_with_no_transaction_open(
    site: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth: list[int] = []

    def look(*args: object, **kwargs: object) -> object:
        depth.append(len(transaction.get_connection().savepoint_ids))
        return reply(Mark.CLEAR)

    monkeypatch.setattr(tasks, "ask_network", look)
    outside = len(transaction.get_connection().savepoint_ids)
    tasks.ask_once(make_lookup().pk)
    assert depth == [outside]


def test_the_sweeper_wakes_for_what_nobody_started(sent: Sent) -> None:
    first, second = make_lookup(), make_lookup(network="kddi")
    make_lookup(network="mineo", state=LookupState.ASSISTED)
    tasks.sweep()
    assert sent.pks == [first.pk, second.pk]


def test_the_sweeper_takes_a_lookup_from_a_dead_worker(sent: Sent) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        lookup = make_lookup()
        claimed = records.claim(lookup.pk, worker="dead", host="", now=timezone.now())
        assert claimed is not None
        tasks.sweep()
        lookup.refresh_from_db()
        assert lookup.state == LookupState.RUNNING
        clock.shift(LEASE_S + 1)
        tasks.sweep()
    lookup.refresh_from_db()
    assert lookup.state == LookupState.RETRY
    assert sent.pks == [lookup.pk]
    assert list(lookup.attempts.order_by("pk").values_list("kind", flat=True)) == ["asked", "lost"]


def test_a_lookup_whose_workers_keep_dying_ends_failed(sent: Sent) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        lookup = make_lookup()
        for _ in range(len(RETRY_DELAYS) + 1):
            records.claim(lookup.pk, worker="dead", host="", now=timezone.now())
            clock.shift(LEASE_S + 1)
            tasks.sweep()
    assert Lookup.objects.get(pk=lookup.pk).state == LookupState.FAILED


def test_redis_gone_is_no_error_and_the_row_waits() -> None:
    lookup = make_lookup()
    assert not wake.send(tasks.run_lookup, [lookup.pk])
    lookup.refresh_from_db()
    assert lookup.state == LookupState.QUEUED


def test_redis_gone_does_not_stop_a_commit(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # as above
        wake.wake(tasks.run_lookup, make_lookup().pk)


def test_a_long_wait_belongs_in_the_row() -> None:
    with pytest.raises(ValueError, match="row"):
        wake.wake(tasks.run_lookup, 1, countdown_s=31)
