"""Two at once on lookups: the race shown without its guard, then what the guard makes of it."""

from functools import partial

import pytest
from django.db import IntegrityError
from django.utils import timezone

from carriers.checks import records
from carriers.checks.models import CheckAnswer, Lookup
from carriers.checks.policy import Lane, LookupState
from carriers.checks.services import request_check
from carriers.checks.tasks import sweep
from carriers.networks.registry import NETWORKS
from tests.carriers.lookups import IMEI, leased, make_lookup
from tests.cluster import Database
from tests.factories import make_membership
from tests.together import together

pytestmark = pytest.mark.concurrency
THREADS = 20


def test_twenty_workers_and_one_claim(fresh_db: Database) -> None:
    lookup = make_lookup()

    def claim() -> object:
        return records.claim(lookup.pk, worker="w", host="", now=timezone.now())

    results = together(*[claim] * THREADS)
    assert sum(isinstance(result, records.Claim) for result in results) == 1
    assert results.count(None) == THREADS - 1
    lookup.refresh_from_db()
    assert (lookup.tries, lookup.attempts.count()) == (1, 1)


def test_a_claim_that_reads_first_has_many_winners(fresh_db: Database) -> None:
    """Why the claim is one conditional UPDATE: looking first and writing then is a race."""
    lookup = make_lookup()
    looked = 0

    def careless() -> bool:
        nonlocal looked
        if Lookup.objects.get(pk=lookup.pk).state != LookupState.QUEUED:
            return False
        looked += 1
        while looked < 2:
            timezone.now()
        Lookup.objects.filter(pk=lookup.pk).update(**leased())
        return True

    assert together(careless, careless) == [True, True]


def test_two_live_lookups_of_one_question_are_refused_by_the_database(fresh_db: Database) -> None:
    results = together(make_lookup, make_lookup)
    assert sum(isinstance(result, IntegrityError) for result in results) == 1
    assert Lookup.objects.count() == 1


def test_two_checks_at_once_share_the_lookups(fresh_db: Database) -> None:
    members = [make_membership() for _ in range(2)]
    asks = [
        partial(
            request_check,
            store_id=member.store_id,
            imei1=IMEI,
            imei2="",
            lane=Lane.COUNTER,
            actor=member.user,
        )
        for member in members
    ]
    first, second = together(*asks)
    assert not isinstance(first, Exception), first
    assert not isinstance(second, Exception), second
    assert Lookup.objects.count() == len(NETWORKS)
    assert CheckAnswer.objects.count() == 2 * len(NETWORKS)


def test_two_sweepers_do_not_take_the_same_lookup(fresh_db: Database) -> None:
    lookup = make_lookup()
    held = records.claim(lookup.pk, worker="dead", host="", now=timezone.now())
    assert held is not None
    Lookup.objects.filter(pk=lookup.pk).update(lease_until=timezone.now())

    together(sweep, sweep)
    lookup.refresh_from_db()
    assert lookup.attempts.filter(kind="lost").count() == 1
