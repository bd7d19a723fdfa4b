"""Claim, record, retry, lose: the row and its attempt, always together."""

import hashlib
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from carriers.checks import records
from carriers.checks.client import Reply
from carriers.checks.models import Lookup, LookupAttempt
from carriers.checks.policy import LEASE_S, GiveUp, LookupState, Retry
from carriers.networks.answer import Failure, Mark
from tests.carriers.lookups import make_lookup, reply
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def claim(lookup: Lookup) -> records.Claim:
    held = records.claim(lookup.pk, worker="w", host="h", now=timezone.now())
    assert held is not None
    return held


def record(
    held: records.Claim,
    answer: Reply,
    after: Retry | GiveUp | None,
    now: datetime | None = None,
) -> bool:
    return records.record(held, answer, after, worker="w", stand_in=True, now=now or timezone.now())


def kinds(lookup: Lookup) -> list[str]:
    return list(lookup.attempts.order_by("pk").values_list("kind", flat=True))


@time_machine.travel(NOW, tick=False)
def test_a_claim_takes_the_lookup_and_says_so() -> None:
    lookup = make_lookup()
    held = claim(lookup)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.tries, lookup.claim) == (LookupState.RUNNING, 1, held.token)
    assert lookup.lease_until == NOW + timedelta(seconds=LEASE_S)
    assert kinds(lookup) == ["asked"]


def test_a_claimed_lookup_is_not_claimed_again() -> None:
    lookup = make_lookup()
    claim(lookup)
    assert records.claim(lookup.pk, worker="w", host="", now=timezone.now()) is None
    assert kinds(lookup) == ["asked"]


@pytest.mark.parametrize("state", [LookupState.ASSISTED])
def test_a_question_for_a_person_is_never_claimed(state: LookupState) -> None:
    lookup = make_lookup(state=state)
    assert records.claim(lookup.pk, worker="w", host="", now=timezone.now()) is None


def test_a_retry_is_not_claimed_before_its_time() -> None:
    lookup = make_lookup()
    record(claim(lookup), reply(failure=Failure.UNAVAILABLE), Retry(3))
    now = timezone.now()
    assert records.claim(lookup.pk, worker="w", host="", now=now) is None
    later = now + timedelta(seconds=4)
    held = records.claim(lookup.pk, worker="w", host="", now=later)
    assert held is not None
    assert held.tries == 2


def test_a_mark_ends_the_lookup_with_its_evidence() -> None:
    lookup = make_lookup()
    assert record(claim(lookup), reply(Mark.CLEAR), None)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.mark, lookup.stand_in) == (LookupState.ANSWERED, "clear", True)
    assert lookup.claim is None
    assert lookup.answered_at is not None
    attempt = lookup.attempts.get(kind="answered")
    body = b"<html>page</html>"
    assert attempt.body is not None
    assert zlib.decompress(attempt.body) == body
    assert attempt.body_sha256 == hashlib.sha256(body).hexdigest()
    assert (attempt.http_status, attempt.latency_ms, attempt.host) == (200, 120, "127.0.0.1:9")


@pytest.mark.parametrize(
    "failure", [Failure.UNREADABLE, Failure.UNAVAILABLE, Failure.REJECTED_INPUT]
)
def test_a_failure_given_up_is_failed_and_never_a_mark(failure: Failure) -> None:
    lookup = make_lookup()
    record(claim(lookup), reply(failure=failure), GiveUp(failure))
    lookup.refresh_from_db()
    assert (lookup.state, lookup.mark, lookup.failure) == (LookupState.FAILED, "", failure)
    assert lookup.reason == "status"
    assert kinds(lookup) == ["asked", "failed"]


@time_machine.travel(NOW, tick=False)
def test_a_retry_is_a_row_with_its_time() -> None:
    lookup = make_lookup()
    record(claim(lookup), reply(failure=Failure.UNAVAILABLE), Retry(15))
    lookup.refresh_from_db()
    assert lookup.state == LookupState.RETRY
    assert lookup.next_try_at == NOW + timedelta(seconds=15)
    assert lookup.answered_at is None


def test_a_late_answer_is_kept_but_changes_nothing() -> None:
    lookup = make_lookup()
    slow = claim(lookup)
    lost_at = timezone.now() + timedelta(seconds=LEASE_S + 1)
    with transaction.atomic():
        (expired,) = records.expired_leases(now=lost_at, limit=10)
        records.lose_lease(expired, Retry(3), now=lost_at)
    second = records.claim(lookup.pk, worker="v", host="", now=lost_at)
    assert second is not None
    assert record(second, reply(failure=Failure.UNREADABLE), GiveUp(Failure.UNREADABLE))
    assert not record(slow, reply(Mark.CLEAR), None)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.mark) == (LookupState.FAILED, "")
    assert kinds(lookup) == ["asked", "lost", "asked", "failed", "lost"]
    assert lookup.attempts.filter(kind="lost", mark="clear").count() == 1


def test_an_answer_that_comes_after_a_person_took_over_is_lost() -> None:
    lookup = make_lookup()
    held = claim(lookup)
    assert records.take_by_hand(lookup.pk, actor=make_user(), now=timezone.now())
    assert not record(held, reply(Mark.CLEAR), None)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.mark) == (LookupState.ASSISTED, "")


def test_a_lease_in_force_is_left_alone() -> None:
    claim(make_lookup())
    with transaction.atomic():
        assert records.expired_leases(now=timezone.now(), limit=10) == []


def test_a_lookup_lost_for_the_last_time_is_failed() -> None:
    lookup = make_lookup()
    claim(lookup)
    now = timezone.now() + timedelta(seconds=LEASE_S + 1)
    with transaction.atomic():
        (expired,) = records.expired_leases(now=now, limit=10)
        records.lose_lease(expired, GiveUp(Failure.UNAVAILABLE), now=now)
    lookup.refresh_from_db()
    assert (lookup.state, lookup.failure) == (LookupState.FAILED, Failure.UNAVAILABLE)


def test_a_person_answers_once() -> None:
    lookup, actor, now = make_lookup(state=LookupState.ASSISTED), make_user(), timezone.now()

    def answer(mark: Mark) -> bool:
        return records.answer_by_person(lookup.pk, outcome=mark, note="n", actor=actor, now=now)

    assert answer(Mark.AT_RISK)
    assert not answer(Mark.CLEAR)
    lookup.refresh_from_db()
    assert (lookup.mark, lookup.raw_symbol, lookup.answered_by) == ("at_risk", "△", actor)
    attempt = lookup.attempts.get()
    assert (attempt.kind, attempt.by, attempt.sentence) == ("answered", actor, "n")


def test_a_nul_from_a_site_does_not_stop_the_record() -> None:
    lookup = make_lookup()
    odd = Reply(
        answer=reply(Mark.CLEAR).answer,
        body=b"\x00",
        content_type="text/html\x00",
        http_status=200,
        latency_ms=1,
        host="h",
        authenticated=False,
    )
    assert record(claim(lookup), odd, None)


def test_attempts_only_grow() -> None:
    lookup = make_lookup()
    claim(lookup)
    with pytest.raises(DatabaseError), transaction.atomic():
        LookupAttempt.objects.filter(lookup=lookup).update(kind="answered")
