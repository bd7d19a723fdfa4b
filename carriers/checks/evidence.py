"""The evidence of one lookup: every try, by whom, from where, and the page as it was received.

A screen model and its words. The page is handed on as text to be escaped: it is a stranger's page
and is never rendered.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from carriers.checks import wording
from carriers.checks.models import Lookup, LookupAttempt
from carriers.checks.policy import LookupState
from carriers.imei import Imei
from carriers.networks.answer import SYMBOLS, Failure, Mark, Reason
from carriers.pace.policy import Why
from shop.people.names import person_name
from shop.wording import Audience

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

MAX_SHOWN = 60_000
"""Characters of a page that are shown; the stored page and its hash are whole."""

KINDS: Mapping[str, "Lazy"] = {
    "asked": _("Asked"),
    "answered": _("Answered"),
    "failed": _("Failed"),
    "lost": _("Came too late; does not count"),
    "handed": _("Left to a person"),
}

HANDED: Mapping[str, "Lazy"] = {
    "no-site": _("There is no site that a machine may ask."),
    Why.BREAKER: _("The automatic question is switched off for this carrier."),
    Why.PAUSED: _("The site asked us to come back much later."),
    Why.BUDGET: _("Today's automatic questions to this carrier are used up."),
    Why.RATE: _("The next free turn at this carrier is too far away."),
    Why.LANE: _("The next free turn at this carrier is too far away."),
}
"""Why no machine asked."""

REASONS: Mapping[Reason, "Lazy"] = {
    Reason.STATUS: _("The site answered with an error."),
    Reason.TIMEOUT: _("No answer in time."),
    Reason.CONNECTION: _("The connection failed or broke off."),
    Reason.ORIGIN: _("The site sent us on to another address."),
    Reason.CONTENT_TYPE: _("What came is not a web page."),
    Reason.CHARSET: _("The characters of the page could not be read."),
    Reason.EMPTY: _("The page was empty."),
    Reason.TOO_LARGE: _("The page was far too long."),
    Reason.CUT: _("The page broke off in the middle."),
    Reason.CAPTCHA: _("The site asks for proof that a person is asking."),
    Reason.FORM: _("The form for the IMEI was not where it should be."),
    Reason.NO_RESULT: _("The page shows no result where it should be."),
    Reason.MANY_RESULTS: _("The page shows more than one result."),
    Reason.HIDDEN: _("The result was not plainly visible on the page."),
    Reason.OTHER_IMEI: _("The page speaks of another IMEI."),
    Reason.SYMBOL: _("The sign in the result is not one we know."),
    Reason.SENTENCE: _("Sign and sentence on the page contradict each other."),
}


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One try. `outcome` and `reason` are sentences; `page` is the received page as text."""

    at: datetime
    kind: str
    who: str
    outcome: str
    reason: str
    note: str
    host: str
    secure: bool
    http_status: int | None
    latency_ms: int | None
    parser_version: str
    content_type: str
    sha256: str
    size: int
    page: str
    page_is_cut: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A lookup with all its tries, oldest first."""

    lookup: Lookup
    network: str
    imei: str
    outcome: str
    stand_in: bool
    attempts: tuple[AttemptLine, ...]


def evidence_of(lookup: Lookup) -> Evidence:
    """Return everything that is on record about one lookup (one query)."""
    attempts = lookup.attempts.select_related("by").order_by("pk")
    return Evidence(
        lookup=lookup,
        network=wording.network_name(lookup.network),
        imei=Imei(lookup.imei).grouped.replace("-", " "),
        outcome=_outcome(lookup.mark, lookup.failure, lookup.state),
        stand_in=lookup.stand_in,
        attempts=tuple(_line(attempt) for attempt in attempts),
    )


def received_page(attempt: LookupAttempt) -> bytes:
    """Return the page of an attempt as its bytes came; empty where none did."""
    return zlib.decompress(attempt.body) if attempt.body else b""


def _line(attempt: LookupAttempt) -> AttemptLine:
    body = received_page(attempt)
    text = _as_text(body)
    who = attempt.by
    return AttemptLine(
        at=attempt.at,
        kind=str(KINDS[attempt.kind]),
        who=person_name(who) if who else attempt.worker,
        outcome=_outcome(attempt.mark, attempt.failure, ""),
        reason=_reason(attempt),
        note=attempt.sentence,
        host=attempt.host,
        secure=attempt.authenticated,
        http_status=attempt.http_status,
        latency_ms=attempt.latency_ms,
        parser_version=attempt.parser_version,
        content_type=attempt.content_type,
        sha256=attempt.body_sha256,
        size=len(body),
        page=text[:MAX_SHOWN],
        page_is_cut=len(text) > MAX_SHOWN,
    )


def _reason(attempt: LookupAttempt) -> str:
    if attempt.kind == "handed":
        return str(HANDED[attempt.reason])
    return str(REASONS[Reason(attempt.reason)]) if attempt.reason else ""


def _outcome(mark: str, failure: str, state: str) -> str:
    if mark:
        return f"{SYMBOLS[Mark(mark)]} {wording.MARKS[Mark(mark)]}"
    if failure:
        return wording.failure_sentence(Failure(failure), Audience.STAFF)
    return str(wording.STATES[LookupState(state)]) if state else ""


def _as_text(body: bytes) -> str:
    """For the eye only: the adapters decode strictly, this shows whatever there is."""
    try:
        return body.decode().replace("\x00", "\ufffd")
    except UnicodeDecodeError:
        return body.decode("cp932", errors="replace").replace("\x00", "\ufffd")
