"""What all lookups of one device say together, how long that holds, and what a gate asks of it.

Decided here: the verdict (DESIGN §4), freshness, the gate's problems, and which failures are tried
again. Not decided here: what a page means (`carriers.networks`) and what a phone is worth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from carriers.networks.answer import Failure, Mark
from shop.problems import Blocker, Problem, Warning

DEADLINE_S = 20
"""Seconds one call to a network may take."""
LEASE_S = DEADLINE_S + 10
"""Seconds a worker owns a claimed lookup; after that the sweeper hands it on."""
RETRY_DELAYS: tuple[int, ...] = (3, 15, 60)
"""Seconds to wait before the second, third and fourth try of an unavailable network."""
QUOTE_MAX_AGE_DAYS = 2
"""A carrier shows a payment by the day after next (carriers.md §1): the quote's limit."""
MAX_RESOLVED = 1
"""A manager may stand in for one unanswered network of a check, not for more (DESIGN §4)."""

JST = timezone(timedelta(hours=9), "JST")
"""Business days are Japan's; Japan has no summer time."""
CLOCK_SKEW = timedelta(minutes=5)
"""An answer this far ahead of our clock is two machines disagreeing; further is not trusted."""


class Verdict(StrEnum):
    """総合判定: what all networks say together."""

    WHITE = "white"
    AT_RISK = "at_risk"
    RED = "red"
    UNLISTED = "unlisted"
    UNRESOLVED = "unresolved"
    NOT_APPLICABLE = "not_applicable"


class Code(StrEnum):
    """Every problem this module can answer with."""

    UNRESOLVED = "check-unresolved"
    STALE = "check-stale"
    NOT_TODAY = "check-not-today"
    STAND_IN = "check-stand-in"
    NAMED_UNLISTED = "named-network-unlisted"
    RESOLVE_OVER_RESTRICTED = "resolve-over-restricted"
    RESOLVE_ANSWERED = "resolve-answered"
    RESOLVE_LIMIT = "resolve-limit"


class LookupState(StrEnum):
    """Where one lookup stands; the row is the job."""

    QUEUED = "queued"
    RUNNING = "running"
    RETRY = "retry"
    ASSISTED = "assisted"
    ANSWERED = "answered"
    FAILED = "failed"


LIVE = frozenset({LookupState.QUEUED, LookupState.RUNNING, LookupState.RETRY, LookupState.ASSISTED})
"""Still going: at most one per (IMEI, network)."""
FINAL = frozenset({LookupState.ANSWERED, LookupState.FAILED})
"""Over: a new question is a new lookup."""


class Mode(StrEnum):
    """How a network is asked."""

    ASSISTED = "assisted"
    WEB = "web"
    GATEWAY = "gateway"
    OFF = "off"


class Requirement(StrEnum):
    """Whether a verdict waits for a network."""

    REQUIRED = "required"
    ASKED = "asked"


class Lane(StrEnum):
    """Who asks, most urgent first; a lower lane never delays the counter by more than a slot."""

    COUNTER = "counter"
    DEAL = "deal"
    LISTING = "listing"
    RECHECK = "recheck"
    PUBLIC = "public"

    @property
    def rank(self) -> int:
        """Return 0 for the most urgent lane, then 1, 2 …"""
        return tuple(Lane).index(self)


@dataclass(frozen=True, slots=True)
class AskedLookup:
    """One question to one network about one IMEI, as a verdict sees it.

    `network` is a registry key; `imei_slot` 1 or 2; at most one of `mark` and `failure` is set,
    none while the network has not answered; `final` when no further try is due; `stand_in` when
    the host was not the network's own; `answered_at` is aware and counts only beside a mark.
    """

    network: str
    imei_slot: int
    required: bool
    mark: Mark | None
    failure: Failure | None
    final: bool
    stand_in: bool
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class VerdictReport:
    """The verdict and why.

    `answered` of `asked` counts networks, not lookups: a network has answered when it did so for
    every IMEI. `waiting` names the networks without an answer, `deciding` the (network, mark) pairs
    that made the verdict, or `so_far` while it is open. `resolved` names the network a manager
    stood in for, when that counted.
    """

    verdict: Verdict
    answered: int
    asked: int
    waiting: tuple[str, ...]
    deciding: tuple[tuple[str, Mark], ...]
    so_far: Mark | None
    warnings: tuple[Problem, ...]
    resolved: tuple[str, ...] = ()


_WORST_FIRST = (Mark.RESTRICTED, Mark.AT_RISK, Mark.CLEAR, Mark.UNLISTED)
_VERDICTS = {
    Mark.RESTRICTED: Verdict.RED,
    Mark.AT_RISK: Verdict.AT_RISK,
    Mark.CLEAR: Verdict.WHITE,
    Mark.UNLISTED: Verdict.UNLISTED,
}


def verdict_of(
    lookups: Iterable[AskedLookup],
    *,
    resolved: frozenset[str] = frozenset(),
    has_modem: bool = True,
    named_network: str | None = None,
) -> VerdictReport:
    """Return what all lookups of one device (both IMEIs pooled) say together (DESIGN §4).

    In this order: any × is RED, whoever has not answered; a required network without an answer is
    UNRESOLVED; any △ is AT_RISK; any ○ is WHITE, so － never outweighs ○; else UNLISTED. A network
    in `resolved` (a manager's decision, with a reason) no longer waits and counts as △; more than
    `MAX_RESOLVED` of them count for nothing. No answer at all is UNRESOLVED, and so is a check
    without lookups, unless the device has no modem. `named_network` is what the phone itself says
    on its back or in its model number; “－” from that network is warned about.
    """
    pool = tuple(lookups)
    open_networks = _networks(look for look in pool if look.mark is None)
    so_far = next((mark for mark in _WORST_FIRST if any(look.mark is mark for look in pool)), None)
    stood_in = tuple(name for name in open_networks if name in resolved)
    counted = stood_in if len(stood_in) <= MAX_RESOLVED else ()
    networks = _networks(pool)
    return VerdictReport(
        verdict=_verdict(pool, so_far, frozenset(counted), has_modem=has_modem),
        answered=len(networks) - len(open_networks),
        asked=len(networks),
        waiting=open_networks,
        deciding=tuple(
            (name, so_far)
            for name in _networks(look for look in pool if look.mark is so_far)
            if so_far is not None
        ),
        so_far=so_far,
        warnings=_named_warning(pool, named_network),
        resolved=counted,
    )


def _verdict(
    pool: Sequence[AskedLookup], so_far: Mark | None, resolved: frozenset[str], *, has_modem: bool
) -> Verdict:
    if not pool and not has_modem:
        return Verdict.NOT_APPLICABLE
    if so_far is Mark.RESTRICTED:
        return Verdict.RED
    waits = any(
        look.required and look.mark is None and look.network not in resolved for look in pool
    )
    if waits or (so_far is None and not resolved):
        return Verdict.UNRESOLVED
    if resolved or so_far is None:
        return Verdict.AT_RISK
    return _VERDICTS[so_far]


def _networks(lookups: Iterable[AskedLookup]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(look.network for look in lookups))


def _named_warning(pool: Sequence[AskedLookup], named: str | None) -> tuple[Problem, ...]:
    marks = [look.mark for look in pool if look.network == named]
    if named is None or not marks or any(mark is not Mark.UNLISTED for mark in marks):
        return ()
    return (Warning(Code.NAMED_UNLISTED, {"network": named}),)


def resolve_problems(
    lookups: Iterable[AskedLookup], *, network: str, resolved: frozenset[str] = frozenset()
) -> tuple[Problem, ...]:
    """Return why a manager may not stand in for `network`: never over a ×, never for an answered
    network, never for a second one (`resolved` holds those already stood in for)."""
    report = verdict_of(lookups)
    problems: list[Problem] = []
    if report.verdict is Verdict.RED:
        problems.append(Blocker(Code.RESOLVE_OVER_RESTRICTED))
    if network not in report.waiting:
        problems.append(Blocker(Code.RESOLVE_ANSWERED, {"network": network}))
    if len((resolved & set(report.waiting)) | {network}) > MAX_RESOLVED:
        problems.append(Blocker(Code.RESOLVE_LIMIT, {"limit": MAX_RESOLVED}))
    return tuple(problems)


def is_fresh(answered_at: datetime | None, *, now: datetime, limit_days: int) -> bool:
    """Return whether an answer is at most `limit_days` × 24 hours old. Both times are aware."""
    if answered_at is None or answered_at > now + CLOCK_SKEW:
        return False
    return now - answered_at <= timedelta(days=limit_days)


def same_day(answered_at: datetime | None, *, now: datetime) -> bool:
    """Return whether an answer is from the business day (Japan) that `now` falls on."""
    if answered_at is None:
        return False
    return answered_at.astimezone(JST).date() == now.astimezone(JST).date()


def stale_lookups(
    lookups: Iterable[AskedLookup], *, now: datetime, max_age_days: int
) -> tuple[AskedLookup, ...]:
    """Return the answered lookups that are too old; unanswered ones are the verdict's business."""
    return tuple(
        look
        for look in lookups
        if look.mark is not None
        and not is_fresh(look.answered_at, now=now, limit_days=max_age_days)
    )


def lookups_of_another_day(
    lookups: Iterable[AskedLookup], *, now: datetime
) -> tuple[AskedLookup, ...]:
    """Return the answered lookups that are not of today's business day."""
    return tuple(
        look
        for look in lookups
        if look.mark is not None and not same_day(look.answered_at, now=now)
    )


def check_problems(
    report: VerdictReport,
    lookups: Sequence[AskedLookup],
    *,
    now: datetime,
    max_age_days: int = QUOTE_MAX_AGE_DAYS,
    today_only: bool = False,
    demo: bool = False,
) -> tuple[Problem, ...]:
    """Return what stops a buying decision on this check.

    With `today_only` (contract) every answer must be of today's business day, else (quote) at most
    `max_age_days` old. An answer from a stand-in host satisfies no gate outside the demo.
    `networks` in the parameters is a comma-separated list of registry keys. The report's warnings
    come last.
    """
    problems: list[Problem] = []
    if report.verdict is Verdict.UNRESOLVED:
        counts = {"answered": report.answered, "asked": report.asked}
        problems.append(Blocker(Code.UNRESOLVED, counts | {"networks": ",".join(report.waiting)}))
    if today_only:
        if old := lookups_of_another_day(lookups, now=now):
            problems.append(Blocker(Code.NOT_TODAY, {"networks": ",".join(_networks(old))}))
    elif old := stale_lookups(lookups, now=now, max_age_days=max_age_days):
        names = ",".join(_networks(old))
        problems.append(Blocker(Code.STALE, {"networks": names, "days": max_age_days}))
    fakes = _networks(look for look in lookups if look.mark is not None and look.stand_in)
    if fakes and not demo:
        problems.append(Blocker(Code.STAND_IN, {"networks": ",".join(fakes)}))
    return (*problems, *report.warnings)


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask again after `delay_s` seconds."""

    delay_s: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not ask again by machine; a person may."""

    failure: Failure


def classify_failure(failure: Failure, *, tries: int) -> Retry | GiveUp:
    """Return what follows a failed try; `tries` counts the tries made, this one included (≥ 1).

    Only an outage is worth another try: a page we cannot read and an IMEI the network refused give
    the same result again (carriers.md §12). Raises `ValueError` for `tries` below 1.
    """
    if tries < 1:
        raise ValueError("a failure comes after at least one try")
    if failure is Failure.UNAVAILABLE and tries <= len(RETRY_DELAYS):
        return Retry(RETRY_DELAYS[tries - 1])
    return GiveUp(failure)
