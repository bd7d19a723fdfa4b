"""What a check says now: the report that gates read, and the panel that staff see.

One query for any number of checks. Which lookup answers a question is decided here (the newest
answer row counts); what the answers mean together is decided in `policy`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carriers.checks import wording
from carriers.checks.models import Check, CheckAnswer, Lookup
from carriers.checks.policy import (
    FINAL,
    LEASE_S,
    AskedLookup,
    LookupState,
    Mode,
    Verdict,
    VerdictReport,
    verdict_of,
)
from carriers.imei import Imei
from carriers.networks.answer import SYMBOLS, Failure, Mark
from carriers.networks.registry import NETWORKS
from carriers.pace.breaker import Cause
from carriers.pace.queries import BreakerNow, breakers
from shop.fingerprint import fingerprint
from shop.people.names import person_name
from shop.wording import Audience

LATE = timedelta(seconds=5)
"""A lookup that no worker took for so long, or that a network has not answered for so long, is
offered to a person; the machine goes on meanwhile."""

SHOWN_WAIT = timedelta(seconds=2)
"""A turn that is further away is told, with its time."""

MACHINE_BUSY = frozenset({LookupState.QUEUED, LookupState.RUNNING, LookupState.RETRY})

VERDICT_SYMBOLS: Mapping[Verdict, str] = {
    Verdict.WHITE: SYMBOLS[Mark.CLEAR],
    Verdict.AT_RISK: SYMBOLS[Mark.AT_RISK],
    Verdict.RED: SYMBOLS[Mark.RESTRICTED],
    Verdict.UNLISTED: SYMBOLS[Mark.UNLISTED],
    Verdict.UNRESOLVED: "…",
    Verdict.NOT_APPLICABLE: "–",
}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A check as the gates read it; without a check both are empty and the verdict is open."""

    report: VerdictReport
    lookups: tuple[AskedLookup, ...]


@dataclass(frozen=True, slots=True)
class MarkCell:
    """One network's answer about one IMEI, as staff see it.

    `css` is `m-` and a mark, `m-open` or `m-failed`. Of the ways on, at most one is offered:
    `answers_by_hand` (a person is asked), `may_take_over` (a person may answer instead),
    `may_correct` (a person's answer that may have been a wrong press).
    """

    lookup_id: int
    network: str
    name: str
    imei_slot: int
    imei: str
    css: str
    symbol: str
    word: str
    detail: str
    page_url: str
    stand_in: bool
    by_machine: bool
    answers_by_hand: bool
    may_take_over: bool
    may_correct: bool


@dataclass(frozen=True, slots=True)
class ImeiMarks:
    """The marks of one IMEI; `grouped` is printed 2-6-6-1 with spaces."""

    slot: int
    imei: str
    grouped: str
    cells: tuple[MarkCell, ...]


@dataclass(frozen=True, slots=True)
class BreakerNotice:
    """A network that no machine asks at the moment, or tries with one question."""

    network: str
    name: str
    is_open: bool
    text: str


@dataclass(frozen=True, slots=True)
class CheckPanel:
    """One device's check on the page.

    `polling` while a machine is still asking; `state` changes when anything to be seen does.
    `check_id` is None before the first question.
    """

    check_id: int | None
    asked_at: datetime | None
    verdict: Verdict
    symbol: str
    title: str
    text: str
    warnings: tuple[str, ...]
    imeis: tuple[ImeiMarks, ...]
    by_hand: tuple[MarkCell, ...]
    superseded: tuple[MarkCell, ...]
    polling: bool
    has_failures: bool
    has_stand_in: bool
    asks_by_machine: bool
    breakers: tuple[BreakerNotice, ...]
    state: str


Rows = tuple[CheckAnswer, ...]


def check_report(
    check: Check | None, *, now: datetime, named_network: str | None = None
) -> CheckReport:
    """Return what `check` says (None: nobody has asked yet, which is `UNRESOLVED`).

    `named_network` is the network the phone itself names, for the warning about its －.
    """
    if check is None:
        return CheckReport(verdict_of(()), ())
    return _report(_newest(_rows([check.pk])[check.pk]), named_network)


def check_reports(checks: Iterable[Check], *, now: datetime) -> dict[int, CheckReport]:
    """Return `check_report` for each check by its id, with one query for all."""
    ids = [check.pk for check in checks]
    rows = _rows(ids)
    return {pk: _report(_newest(rows[pk])) for pk in ids}


def check_panel(check: Check | None, *, now: datetime) -> CheckPanel:
    """Return the panel of one check at `now`; see `check_panels`."""
    if check is None:
        return _panel(None, (), (), now=now)
    return check_panels([check], now=now)[check.pk]


def check_panels(checks: Iterable[Check], *, now: datetime) -> dict[int, CheckPanel]:
    """Return the panel of each check by its id; one query for all, one for the breakers."""
    every = list(checks)
    rows = _rows([check.pk for check in every])
    notices = breaker_notices(now=now) if every else ()
    return {check.pk: _panel(check, rows[check.pk], notices, now=now) for check in every}


def breaker_notices(*, now: datetime) -> tuple[BreakerNotice, ...]:
    """Return a notice for each network whose breaker is not closed."""
    return tuple(
        BreakerNotice(
            network=one.network,
            name=wording.network_name(one.network),
            is_open=one.is_open,
            text=breaker_sentence(one, now=now),
        )
        for one in breakers(NETWORKS, not_closed=True)
    )


def breaker_sentence(one: BreakerNow, *, now: datetime) -> str:
    """Return where a breaker stands, why, and what happens next, in one or two sentences."""
    cause = wording.BREAKER_CAUSES[Cause(one.event.cause)] if one.event else ""
    params = {
        "cause": cause,
        "since": clock(one.since, now=now),
        "until": clock(one.until, now=now),
        "reason": one.event.reason if one.event else "",
        "name": person_name(one.event.by) if one.event and one.event.by else "",
    }
    key = one.state.value
    if one.is_open and one.until is None:
        key = "open-by-hand"
    return str(wording.BREAKER_STATES[key]) % params


def _rows(ids: list[int]) -> dict[int, Rows]:
    if not ids:
        return {}
    grouped: defaultdict[int, list[CheckAnswer]] = defaultdict(list)
    answers = CheckAnswer.objects.filter(check_asked__in=ids).select_related("lookup__answered_by")
    for row in answers.order_by("pk"):
        grouped[row.check_asked_id].append(row)
    return {pk: tuple(grouped[pk]) for pk in ids}


def _newest(rows: Rows) -> Rows:
    """Return the row that counts for each question, in order of IMEI and network."""
    newest = {(row.imei_slot, row.network): row for row in rows}
    order = {code: number for number, code in enumerate(NETWORKS)}
    return tuple(
        sorted(newest.values(), key=lambda row: (row.imei_slot, order.get(row.network, 99)))
    )


def _report(rows: Rows, named_network: str | None = None) -> CheckReport:
    lookups = tuple(_asked(row) for row in rows)
    return CheckReport(verdict_of(lookups, named_network=named_network), lookups)


def _asked(row: CheckAnswer) -> AskedLookup:
    lookup = row.lookup
    final = lookup.state in FINAL
    return AskedLookup(
        network=row.network,
        imei_slot=row.imei_slot,
        required=row.required,
        mark=Mark(lookup.mark) if lookup.mark else None,
        failure=Failure(lookup.failure) if lookup.failure and final else None,
        final=final,
        stand_in=lookup.stand_in,
        answered_at=lookup.answered_at,
    )


def _panel(
    check: Check | None, rows: Rows, notices: tuple[BreakerNotice, ...], *, now: datetime
) -> CheckPanel:
    newest = _newest(rows)
    report = _report(newest).report
    cells = [_cell(row, now=now) for row in newest]
    counted = {row.pk for row in newest}
    states = [LookupState(row.lookup.state) for row in newest]
    return CheckPanel(
        check_id=check.pk if check else None,
        asked_at=check.requested_at if check else None,
        verdict=report.verdict,
        symbol=VERDICT_SYMBOLS[report.verdict],
        title=wording.verdict_title(report),
        text=wording.verdict_sentence(report, Audience.STAFF),
        warnings=tuple(wording.sentence(one, Audience.STAFF) for one in report.warnings),
        imeis=_by_imei(check, cells) if check else (),
        by_hand=tuple(cell for cell in cells if cell.answers_by_hand),
        superseded=tuple(_cell(row, now=now) for row in rows if row.pk not in counted),
        polling=any(state in MACHINE_BUSY for state in states),
        has_failures=LookupState.FAILED in states,
        has_stand_in=any(cell.stand_in for cell in cells),
        asks_by_machine=any(cell.by_machine for cell in cells),
        breakers=notices,
        state=fingerprint(
            [
                *([cell.lookup_id, cell.css, cell.word, cell.detail] for cell in cells),
                *([one.network, one.text] for one in notices),
            ]
        ),
    )


def _by_imei(check: Check, cells: list[MarkCell]) -> tuple[ImeiMarks, ...]:
    digits = [imei for imei in (check.imei1, check.imei2) if imei]
    return tuple(
        ImeiMarks(
            slot=slot,
            imei=imei,
            grouped=Imei(imei).grouped.replace("-", " "),
            cells=tuple(cell for cell in cells if cell.imei_slot == slot),
        )
        for slot, imei in enumerate(digits, start=1)
    )


def _cell(row: CheckAnswer, *, now: datetime) -> MarkCell:
    lookup = row.lookup
    state = LookupState(lookup.state)
    late = _is_late(lookup, state, now=now)
    network = NETWORKS.get(lookup.network)
    return MarkCell(
        lookup_id=lookup.pk,
        network=lookup.network,
        name=wording.network_name(lookup.network),
        imei_slot=row.imei_slot,
        imei=lookup.imei,
        css=f"m-{_look(lookup, state)}",
        symbol=_symbol(lookup, state),
        word=str(wording.MARKS[Mark(lookup.mark)] if lookup.mark else wording.STATES[state]),
        detail=_detail(lookup, state, late=late, now=now),
        page_url=network.page_url if network else "",
        stand_in=lookup.stand_in,
        by_machine=lookup.mode == Mode.WEB,
        answers_by_hand=state is LookupState.ASSISTED,
        may_take_over=late or state in {LookupState.RETRY, LookupState.FAILED},
        may_correct=state is LookupState.ANSWERED and lookup.answered_by_id is not None,
    )


def _is_late(lookup: Lookup, state: LookupState, *, now: datetime) -> bool:
    """Say whether a person should no longer wait: nobody took it, or the network is silent."""
    if state is LookupState.RUNNING and lookup.lease_until is not None:
        return now - (lookup.lease_until - timedelta(seconds=LEASE_S)) > LATE
    if state is LookupState.QUEUED:
        # Waiting for its turn moves the next try, but nobody has been asked since then.
        return now - lookup.asked_at > LATE
    return state is LookupState.RETRY and now - lookup.next_try_at > LATE


def _look(lookup: Lookup, state: LookupState) -> str:
    return lookup.mark or ("failed" if state is LookupState.FAILED else "open")


def _symbol(lookup: Lookup, state: LookupState) -> str:
    if lookup.mark:
        return SYMBOLS[Mark(lookup.mark)]
    return {LookupState.FAILED: "!", LookupState.ASSISTED: "?"}.get(state, "…")


def _detail(lookup: Lookup, state: LookupState, *, late: bool, now: datetime) -> str:
    if state is LookupState.ANSWERED:
        who = lookup.answered_by
        at = clock(lookup.answered_at, now=now)
        return f"{at} · {person_name(who)}" if who else at
    if state is LookupState.FAILED:
        return wording.failure_sentence(Failure(lookup.failure), Audience.STAFF)
    if state is LookupState.RETRY and not late:
        return _("No answer so far; asked again at %(time)s.") % {
            "time": clock(lookup.next_try_at, now=now)
        }
    if state is LookupState.QUEUED and lookup.next_try_at > now + SHOWN_WAIT:
        return _("One question after the other; this one's turn comes at %(time)s.") % {
            "time": clock(lookup.next_try_at, now=now)
        }
    if late and state is LookupState.RUNNING:
        return _("The carrier takes unusually long. You can answer by hand.")
    if late:
        return _("The automatic question is still waiting. You can answer by hand.")
    return ""


def clock(at: datetime | None, *, now: datetime) -> str:
    """Return a time of today with its seconds, any other with its date; empty for None."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    if local.date() == timezone.localtime(now).date():
        return date_format(local, "H:i:s")
    return date_format(local, "Y-m-d H:i")
