"""The short locked writes of a lookup: its row and its attempt in one transaction, always.

Claim → call (nothing open) → record. Whoever calls decides what follows a failure (`policy`); what
is decided here is only who may write: an answer counts while its claim still holds the row, and is
kept as a lost attempt when it does not. Nothing here calls out.
"""

import hashlib
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from carriers.checks.client import Reply
from carriers.checks.models import Lookup, LookupAttempt
from carriers.checks.policy import LEASE_S, LIVE, GiveUp, Lane, LookupState, Mode, Retry
from carriers.networks.answer import SYMBOLS, Failure, Mark, Reason

MAX_SENTENCE = 400
MAX_RAW_SYMBOL = 20
MAX_CONTENT_TYPE = 120
STARTABLE = (LookupState.QUEUED.value, LookupState.RETRY.value)
URGENT = (Lane.COUNTER.value, Lane.DEAL.value)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer one lookup until its lease ends. `tries` counts this one."""

    lookup_id: int
    token: uuid.UUID
    network: str
    imei: str
    tries: int


def startable(lookup_id: int, *, now: datetime) -> Lookup | None:
    """Return the lookup when it is to be asked now; a look, without any right (`claim`)."""
    rows = Lookup.objects.filter(pk=lookup_id, state__in=STARTABLE, next_try_at__lte=now)
    return rows.first()


def postpone(lookup_id: int, *, until: datetime, now: datetime) -> bool:
    """Let a lookup that is due wait until then: no try is used up, nobody held it.

    Returns False when it is not (any more) to be started now.
    """
    due = Lookup.objects.filter(pk=lookup_id, state__in=STARTABLE, next_try_at__lte=now)
    return due.update(next_try_at=until) == 1


def raise_lane(lookup_ids: list[int], *, lane: Lane, now: datetime) -> None:
    """Let lookups that wait in a less urgent lane wait in this one, from now on."""
    behind = [other.value for other in Lane if other.rank > lane.rank]
    waiting = Lookup.objects.filter(pk__in=lookup_ids, lane__in=behind)
    waiting.filter(state=LookupState.QUEUED).update(lane=lane, next_try_at=now)
    waiting.filter(state=LookupState.RETRY).update(lane=lane)


def claim(lookup_id: int, *, worker: str, host: str, now: datetime) -> Claim | None:
    """Take the lookup for this worker, or return None when it is not to be started (any more).

    One conditional UPDATE decides between any number of workers; that the question is about to be
    asked is on record in the same transaction.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        taken = Lookup.objects.filter(
            pk=lookup_id, state__in=STARTABLE, next_try_at__lte=now
        ).update(
            state=LookupState.RUNNING,
            claim=token,
            lease_until=now + timedelta(seconds=LEASE_S),
            tries=F("tries") + 1,
        )
        if taken != 1:
            return None
        lookup = Lookup.objects.get(pk=lookup_id)
        LookupAttempt.objects.create(lookup=lookup, kind="asked", at=now, worker=worker, host=host)
    return Claim(lookup_id, token, lookup.network, lookup.imei, lookup.tries)


@transaction.atomic
def record(
    held: Claim,
    reply: Reply,
    after: Retry | GiveUp | None,
    *,
    worker: str,
    stand_in: bool,
    now: datetime,
) -> bool:
    """Write the reply; return whether it counted.

    `after` is what follows a failure and None beside a mark. A reply whose claim no longer holds
    the row (lease lost, taken over by a person) changes nothing but is kept as a lost attempt.
    """
    lookup = Lookup.objects.select_for_update(no_key=True).get(pk=held.lookup_id)
    counts = lookup.state == LookupState.RUNNING and lookup.claim == held.token
    kind = ("answered" if reply.answer.mark else "failed") if counts else "lost"
    _attempt_with_evidence(lookup, kind, reply, worker=worker, now=now)
    if not counts:
        return False
    answer = reply.answer
    lookup.mark, lookup.failure = answer.mark or "", answer.failure or ""
    lookup.reason = answer.reason or ""
    lookup.raw_symbol = _plain(answer.raw_symbol, MAX_RAW_SYMBOL)
    lookup.sentence = _plain(answer.sentence, MAX_SENTENCE)
    lookup.parser_version = answer.parser_version
    lookup.stand_in = stand_in
    _end_claim(lookup, after, now=now)
    return True


@transaction.atomic
def hand_over(lookup_id: int, *, why: str, now: datetime) -> bool:
    """Leave a waiting lookup to a person: no machine asks. False when it does not wait any more.

    `why` is `no-site`, `breaker` or what it would wait for (`carriers.pace.policy.Why`).
    """
    lookup = Lookup.objects.select_for_update(no_key=True).get(pk=lookup_id)
    if lookup.state not in STARTABLE:
        return False
    _hand(lookup, why=why, now=now)
    return True


@transaction.atomic
def hand_over_waiting(network: str, *, lanes: Iterable[Lane], why: str, now: datetime) -> int:
    """Leave every waiting lookup of a network in these lanes to people; return how many.

    A row that somebody else is writing at this moment is skipped: its worker looks again.
    """
    rows = Lookup.objects.filter(
        network=network, state__in=STARTABLE, lane__in=[lane.value for lane in lanes]
    )
    waiting = list(rows.select_for_update(skip_locked=True, no_key=True).order_by("pk"))
    for lookup in waiting:
        _hand(lookup, why=why, now=now)
    return len(waiting)


@transaction.atomic
def take_by_hand(lookup_id: int, *, actor: User, now: datetime) -> bool:
    """Make a live lookup a person's; return False when it is over or a person's already.

    A worker that is asking at this moment loses its claim: its answer will be a lost attempt.
    """
    lookup = Lookup.objects.select_for_update(no_key=True).get(pk=lookup_id)
    if lookup.state not in LIVE or lookup.state == LookupState.ASSISTED:
        return False
    _make_assisted(lookup)
    LookupAttempt.objects.create(lookup=lookup, kind="asked", at=now, by=actor)
    return True


@transaction.atomic
def answer_by_person(
    lookup_id: int, *, outcome: Mark | Failure, note: str, actor: User, now: datetime
) -> bool:
    """Write what a person read on the network's page; return False when nobody waits for it."""
    lookup = Lookup.objects.select_for_update(no_key=True).get(pk=lookup_id)
    if lookup.state != LookupState.ASSISTED:
        return False
    mark = outcome if isinstance(outcome, Mark) else None
    failure = outcome if isinstance(outcome, Failure) else None
    lookup.state = LookupState.ANSWERED if mark else LookupState.FAILED
    lookup.mark, lookup.failure = mark or "", failure or ""
    lookup.raw_symbol = SYMBOLS[mark] if mark else ""
    lookup.answered_at, lookup.answered_by = now, actor
    lookup.save()
    LookupAttempt.objects.create(
        lookup=lookup,
        kind="answered" if mark else "failed",
        at=now,
        by=actor,
        mark=lookup.mark,
        failure=lookup.failure,
        raw_symbol=lookup.raw_symbol,
        sentence=_plain(note, MAX_SENTENCE),
    )
    return True


def note_question(lookup: Lookup, *, reason: str, actor: User, now: datetime) -> None:
    """Note who put a question to a person, and why where an answer is being corrected."""
    LookupAttempt.objects.create(
        lookup=lookup, kind="asked", at=now, by=actor, sentence=_plain(reason, MAX_SENTENCE)
    )


@transaction.atomic
def expired_leases(*, now: datetime, limit: int) -> list[Lookup]:
    """Return lookups whose worker has not come back, locked; other sweepers' rows are skipped.

    Runs inside the caller's transaction, which must end each with `lose_lease`.
    """
    rows = Lookup.objects.filter(state=LookupState.RUNNING, lease_until__lt=now)
    locked = rows.select_for_update(skip_locked=True, no_key=True)
    return list(locked.order_by("lease_until")[:limit])


def lose_lease(lookup: Lookup, after: Retry | GiveUp, *, now: datetime) -> None:
    """Take a locked lookup from a worker that never came back.

    It is due again at once where another try is left: the delay is for a network that refused,
    and this one may never have been asked.
    """
    LookupAttempt.objects.create(
        lookup=lookup, kind="lost", at=now, failure=Failure.UNAVAILABLE, reason=Reason.TIMEOUT
    )
    lookup.failure, lookup.reason = Failure.UNAVAILABLE, Reason.TIMEOUT
    _end_claim(lookup, Retry(0) if isinstance(after, Retry) else after, now=now)


def due_lookups(*, now: datetime, limit: int) -> list[int]:
    """Return the ids of lookups that may be started: those a person waits for, then the others.

    The longest due first, in each of the two.
    """
    rows = Lookup.objects.filter(state__in=STARTABLE, next_try_at__lte=now)
    ids = rows.order_by("next_try_at", "pk").values_list("pk", flat=True)
    urgent = list(ids.filter(lane__in=URGENT)[:limit])
    return urgent + list(ids.exclude(lane__in=URGENT)[: limit - len(urgent)])


def _end_claim(lookup: Lookup, after: Retry | GiveUp | None, *, now: datetime) -> None:
    lookup.claim, lookup.lease_until = None, None
    match after:
        case None:
            lookup.state, lookup.answered_at = LookupState.ANSWERED, now
        case GiveUp():
            lookup.state, lookup.answered_at = LookupState.FAILED, now
        case Retry(delay_s):
            lookup.state = LookupState.RETRY
            lookup.next_try_at = now + timedelta(seconds=delay_s)
    lookup.save()


def _make_assisted(lookup: Lookup) -> None:
    lookup.state, lookup.mode = LookupState.ASSISTED, Mode.ASSISTED
    lookup.claim, lookup.lease_until = None, None
    lookup.failure = lookup.reason = lookup.raw_symbol = lookup.sentence = ""
    lookup.parser_version, lookup.stand_in = "", False
    lookup.save()


def _hand(lookup: Lookup, *, why: str, now: datetime) -> None:
    _make_assisted(lookup)
    LookupAttempt.objects.create(lookup=lookup, kind="handed", at=now, reason=why)


def _attempt_with_evidence(
    lookup: Lookup, kind: str, reply: Reply, *, worker: str, now: datetime
) -> None:
    answer = reply.answer
    LookupAttempt.objects.create(
        lookup=lookup,
        kind=kind,
        at=now,
        worker=worker,
        host=reply.host,
        authenticated=reply.authenticated,
        http_status=reply.http_status,
        latency_ms=reply.latency_ms,
        mark=answer.mark or "",
        failure=answer.failure or "",
        reason=answer.reason or "",
        raw_symbol=_plain(answer.raw_symbol, MAX_RAW_SYMBOL),
        sentence=_plain(answer.sentence, MAX_SENTENCE),
        parser_version=answer.parser_version,
        content_type=_plain(reply.content_type, MAX_CONTENT_TYPE),
        body=zlib.compress(reply.body) if reply.body else None,
        body_sha256=hashlib.sha256(reply.body).hexdigest() if reply.body else "",
    )


def _plain(text: str, limit: int) -> str:
    """A site may send anything; PostgreSQL takes no NUL in a text."""
    return text.replace("\x00", "")[:limit]
