"""Checks and lookups for tests, and stand-in replies without a site."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import User
from django.utils import timezone

from carriers.checks.client import Reply
from carriers.checks.models import Check, Lookup, NetworkMode
from carriers.checks.policy import LEASE_S, Lane, LookupState, Mode, Requirement
from carriers.checks.services import request_check
from carriers.imei import demo_imei
from carriers.networks.answer import Answer, Failure, Mark, Reason
from carriers.networks.registry import NETWORKS
from tests.factories import make_membership

IMEI = demo_imei(900_001).digits
IMEI2 = demo_imei(900_002).digits


def set_mode(
    network: str, mode: Mode, requirement: Requirement = Requirement.REQUIRED
) -> NetworkMode:
    """Let `network` be asked this way from a minute ago on."""
    return NetworkMode.objects.create(
        network=network,
        mode=mode,
        requirement=requirement,
        valid_from=timezone.now() - timedelta(minutes=1),
        reason="test",
    )


def set_all(mode: Mode) -> None:
    """Let every network be asked this way."""
    for code in NETWORKS:
        set_mode(code, mode)


def ask(
    *, imei2: str = "", actor: User | None = None, store_id: int = 0, again: bool = False
) -> Check:
    """Request a check of `IMEI` as a member of some store."""
    if not actor or not store_id:
        member = make_membership()
        actor, store_id = member.user, member.store_id
    return request_check(
        store_id=store_id, imei1=IMEI, imei2=imei2, lane=Lane.COUNTER, actor=actor, again=again
    )


def make_lookup(
    *, network: str = "docomo", state: LookupState = LookupState.QUEUED, imei: str = IMEI
) -> Lookup:
    """Return a lookup in a live state, due now."""
    now = timezone.now()
    mode = Mode.ASSISTED if state is LookupState.ASSISTED else Mode.WEB
    return Lookup.objects.create(
        imei=imei,
        network=network,
        mode=mode,
        lane=Lane.COUNTER,
        state=state,
        asked_at=now,
        next_try_at=now,
    )


def leased() -> dict[str, object]:
    """Return the fields of a lookup that a worker has claimed, as they are written."""
    ends = timezone.now() + timedelta(seconds=LEASE_S)
    return {"state": LookupState.RUNNING, "claim": uuid4(), "lease_until": ends}


def reply(mark: Mark | None = None, failure: Failure | None = None) -> Reply:
    """Return what the client would: a mark, or a failure."""
    reason = None if mark else Reason.STATUS
    return Reply(
        answer=Answer(mark, failure, "○" if mark else "", "", "docomo/1", reason),
        body=b"<html>page</html>",
        content_type="text/html; charset=Shift_JIS",
        http_status=200 if mark else 503,
        latency_ms=120,
        host="127.0.0.1:9",
        authenticated=False,
    )
