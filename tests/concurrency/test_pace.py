"""Two at once on a breaker: one deciding question, no failure uncounted, nobody left waiting."""

from datetime import timedelta
from functools import partial

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from carriers.checks.models import Lookup
from carriers.checks.policy import Lane, LookupState, Mode
from carriers.checks.services import open_breaker, request_check
from carriers.checks.tasks import ask_once
from carriers.checks.turns import note_outcome
from carriers.imei import demo_imei
from carriers.networks.answer import Failure
from carriers.pace import records as breakers
from carriers.pace.breaker import FIRST_OPEN, IN_A_ROW, State
from carriers.pace.models import BreakerEvent, NetworkBreaker
from carriers.sandbox.script import Reply, Sign
from carriers.sandbox.server import StandIn
from tests.carriers.lookups import make_lookup, set_all
from tests.cluster import Database
from tests.factories import make_membership, make_user
from tests.together import together

pytestmark = pytest.mark.concurrency
THREADS = 12


def phone(number: int) -> str:
    return demo_imei(920_000 + number).digits


def test_of_many_workers_one_asks_the_deciding_question(fresh_db: Database) -> None:
    now = timezone.now()
    NetworkBreaker.objects.create(network="docomo", state=State.HALF_OPEN, since=now)
    until = now + timedelta(seconds=30)
    results = together(
        *[
            partial(breakers.take_probe, "docomo", lookup=number, until=until, now=now)
            for number in range(THREADS)
        ]
    )
    assert sorted(map(str, results)) == ["False"] * (THREADS - 1) + ["True"]


def test_failures_at_once_are_all_counted_and_open_it_once(fresh_db: Database) -> None:
    lookups = [make_lookup(imei=phone(number)) for number in range(IN_A_ROW)]
    now = timezone.now()
    results = together(
        *[partial(note_outcome, lookup, Failure.UNAVAILABLE, now=now) for lookup in lookups]
    )
    assert results == [None] * IN_A_ROW
    assert NetworkBreaker.objects.get().state == State.OPEN
    assert BreakerEvent.objects.count() == 1
    assert set(Lookup.objects.values_list("state", flat=True)) == {LookupState.ASSISTED}


def test_half_opened_by_two_sweepers_it_is_on_record_once(fresh_db: Database) -> None:
    now = timezone.now()
    for number in range(IN_A_ROW):
        breakers.note_failure("docomo", lookup=number, phone=str(number), now=now)
    later = now + FIRST_OPEN
    together(*[partial(breakers.settle_all, now=later)] * 2)
    assert [event.became for event in BreakerEvent.objects.order_by("pk")] == ["open", "half_open"]


def test_a_question_asked_while_it_opens_reaches_a_person_all_the_same(
    fresh_db: Database, settings: LazySettings, slots: str
) -> None:
    """The request reads a closed breaker and commits behind the opening: its wake-up finds it."""
    with StandIn(lambda digits, name: Reply(Sign.CIRCLE)) as site:
        settings.STAND_IN_URL = site.url
        set_all(Mode.WEB)
        member, manager = make_membership(), make_user()

        def request() -> None:
            request_check(
                store_id=member.store_id,
                imei1=phone(1),
                imei2="",
                lane=Lane.COUNTER,
                actor=member.user,
            )

        def trip() -> None:
            open_breaker(network="docomo", reason="test", actor=manager)

        assert together(request, trip) == [None, None]
        lookup = Lookup.objects.get(network="docomo")
        ask_once(lookup.pk)
        lookup.refresh_from_db()
        assert lookup.state == LookupState.ASSISTED
        assert list(site.requests) == []


def test_opening_never_waits_for_a_row_that_somebody_writes(fresh_db: Database) -> None:
    """A worker or a person holds one lookup's row: the others go to people meanwhile."""
    held, free = make_lookup(imei=phone(1)), make_lookup(imei=phone(2))
    manager = make_user()

    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM carriers_lookup WHERE id = %s FOR UPDATE", [held.pk])
        results = together(
            partial(open_breaker, network="docomo", reason="test", actor=manager), seconds=5
        )
        cursor.execute("ROLLBACK")
    assert results == [None]
    states = {row.pk: row.state for row in Lookup.objects.all()}
    assert states == {held.pk: LookupState.QUEUED, free.pk: LookupState.ASSISTED}
