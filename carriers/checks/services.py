"""Asking for a check, and what a person does to its lookups.

Decided here: which lookups a check needs, which it shares with an earlier one, and who may end
which. Not decided here: what the answers mean together (`policy`) or whether a deal may still be
changed (`buyback`, which calls these services inside its own transaction).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from carriers.checks import records
from carriers.checks.client import site_to_ask
from carriers.checks.models import Check, CheckAnswer, Lookup, NetworkMode
from carriers.checks.policy import LIVE, Lane, LookupState, Mode, Requirement, same_day
from carriers.checks.tasks import run_lookup
from carriers.checks.turns import ATTENDED, BREAKER
from carriers.checks.wake import wake
from carriers.imei import Imei
from carriers.networks.answer import Failure, Mark
from carriers.networks.registry import NETWORKS
from carriers.pace import records as breakers
from carriers.pace.breaker import State
from carriers.pace.queries import open_networks

REUSE_MINUTES = 10
"""How long an answer serves another check of the same IMEI: one visit of one seller."""
ROUNDS = 5
MAX_NOTE = 400
MAX_REASON = 200

Question = tuple[str, str]
"""(IMEI digits, network code)"""


@dataclass(frozen=True, slots=True)
class NetworkRule:
    """How one network is asked now, and whether the verdict waits for it.

    `told` is the mode as it was set, where `mode` is what is possible of it.
    """

    mode: Mode
    required: bool
    told: Mode | None = None


def network_rules(*, now: datetime) -> dict[str, NetworkRule]:
    """Return every network's rule as it holds at `now`, in the registry's order.

    The newest row that has begun wins; a network without one is assisted and required. `web` and
    `gateway` need a site that may be asked: without one a person answers.
    """
    newest = (
        NetworkMode.objects.filter(valid_from__lte=now)
        .order_by("network", "-valid_from", "-pk")
        .distinct("network")
    )
    rows = {row.network: row for row in newest}
    rules: dict[str, NetworkRule] = {}
    for code in NETWORKS:
        row = rows.get(code)
        mode = Mode(row.mode) if row else Mode.ASSISTED
        required = row is None or row.requirement == Requirement.REQUIRED
        rules[code] = NetworkRule(_possible(mode), required, mode)
    return rules


@transaction.atomic
def request_check(
    *, store_id: int, imei1: str, imei2: str, lane: Lane, actor: User, again: bool = False
) -> Check:
    """Ask every network that is not off about both IMEIs (15 digits each; `imei2` may be empty).

    All are asked at the same time, each by a task of its own. A lookup of the same IMEI and network
    that is still going is shared, and so is an answer of the last 10 minutes of the same business
    day, unless `again`; whoever loses a race shares the winner's. A failure is never shared. Raises
    `InvalidImei`.
    """
    now = timezone.now()
    imeis = [Imei(digits).digits for digits in (imei1, imei2) if digits]
    check = Check.objects.create(
        store_id=store_id,
        imei1=imei1,
        imei2=imei2,
        lane=lane,
        requested_by=actor,
        requested_at=now,
    )
    rules = _rules_for(lane, now=now)
    # One order for everybody, so that two checks at once cannot wait for each other.
    questions = [(imei, code) for code in rules for imei in sorted(set(imeis))]
    since = now if again else now - timedelta(minutes=REUSE_MINUTES)
    found = _lookups_for(questions, rules, lane=lane, since=since, now=now)
    CheckAnswer.objects.bulk_create(
        CheckAnswer(
            check_asked=check,
            lookup=found[imei, code],
            network=code,
            imei_slot=slot,
            required=rule.required,
            at=now,
        )
        for code, rule in rules.items()
        for slot, imei in enumerate(imeis, start=1)
    )
    waiting = [row.pk for row in found.values() if row.state == LookupState.QUEUED]
    records.raise_lane([row.pk for row in found.values()], lane=lane, now=now)
    wake(run_lookup, *waiting)
    return check


def answer_lookup(
    *, lookup_id: int, mark: Mark | None, actor: User, note: str = "", now: datetime | None = None
) -> Lookup:
    """Write the mark that a person read on the network's page; None is “could not tell”.

    “Could not tell” ends the lookup `FAILED` / `UNREADABLE`; it may be asked again. Raises
    `ValidationError` with code `already-answered` when nobody waits for a person's answer here.
    """
    outcome = mark if mark is not None else Failure.UNREADABLE
    done = records.answer_by_person(
        lookup_id, outcome=outcome, note=note, actor=actor, now=now or timezone.now()
    )
    if not done:
        raise ValidationError(
            _("This question has been answered meanwhile. Look at the answer below."),
            code="already-answered",
        )
    return Lookup.objects.get(pk=lookup_id)


@transaction.atomic
def ask_by_hand(*, lookup_id: int, check_id: int, actor: User, reason: str = "") -> Lookup:
    """Let a person answer instead; return the lookup that now waits for a person.

    A lookup that is still going becomes the person's itself (a worker asking at this moment loses
    its claim). A failed one, or a person's own wrong press, keeps its row and a new lookup takes
    its place in the check: the newest counts, the old stays as evidence. Raises `ValidationError`:
    `not-in-check`; `answered-by-machine` (ask again instead: a person never overrides what a site
    said); `reason-required` for a correction without one.
    """
    now = timezone.now()
    lookup = Lookup.objects.select_for_update(no_key=True).get(pk=lookup_id)
    place = (
        CheckAnswer.objects.filter(check_asked_id=check_id, lookup=lookup).order_by("-pk").first()
    )
    if place is None:
        raise ValidationError(_("This question belongs to another check."), code="not-in-check")
    if lookup.state in LIVE:
        records.take_by_hand(lookup.pk, actor=actor, now=now)
        return Lookup.objects.get(pk=lookup.pk)
    _refuse_correction(lookup, reason)
    rules = {lookup.network: NetworkRule(Mode.ASSISTED, place.required)}
    question = (lookup.imei, lookup.network)
    fresh = _lookups_for([question], rules, lane=Lane(lookup.lane), since=None, now=now)[question]
    if fresh.state != LookupState.ASSISTED:
        records.take_by_hand(fresh.pk, actor=actor, now=now)
    records.note_question(fresh, reason=reason, actor=actor, now=now)
    slots = CheckAnswer.objects.filter(check_asked_id=check_id, lookup=lookup)
    for slot in slots.values_list("imei_slot", flat=True).distinct():
        CheckAnswer.objects.create(
            check_asked_id=check_id,
            lookup=fresh,
            network=lookup.network,
            imei_slot=slot,
            required=place.required,
            at=now,
        )
    return Lookup.objects.get(pk=fresh.pk)


@transaction.atomic
def open_breaker(*, network: str, reason: str, actor: User) -> None:
    """Stop asking `network` by machine until a person closes its breaker again.

    What waits there for somebody goes to people at once. Raises `ValidationError` with code
    `unknown-network`, `reason-required`, or `breaker-as-it-was` when a person opened it already.
    """
    now = timezone.now()
    said = _reason_for(network, reason)
    before = breakers.settle(network, now=now)
    if before.state is State.OPEN and before.until is None:
        raise ValidationError(_("It is switched off already."), code="breaker-as-it-was")
    breakers.switch_by_hand(network, opened=True, reason=said, actor=actor, now=now)
    records.hand_over_waiting(network, lanes=ATTENDED, why=BREAKER, now=now)


@transaction.atomic
def close_breaker(*, network: str, reason: str, actor: User) -> None:
    """Ask `network` by machine again, with nothing counted against it.

    What went to people stays theirs. Raises as `open_breaker`.
    """
    now = timezone.now()
    said = _reason_for(network, reason)
    if breakers.settle(network, now=now).state is State.CLOSED:
        raise ValidationError(_("It is switched on already."), code="breaker-as-it-was")
    breakers.switch_by_hand(network, opened=False, reason=said, actor=actor, now=now)


def _reason_for(network: str, reason: str) -> str:
    if network not in NETWORKS:
        raise ValidationError(_("There is no such network."), code="unknown-network")
    if not reason.strip():
        raise ValidationError(_("Say why this is switched."), code="reason-required")
    return reason.strip()[:MAX_REASON]


def _refuse_correction(lookup: Lookup, reason: str) -> None:
    if lookup.state != LookupState.ANSWERED:
        return
    if lookup.answered_by_id is None:
        raise ValidationError(
            _("The network itself gave this answer. Ask the network again instead."),
            code="answered-by-machine",
        )
    if not reason.strip():
        raise ValidationError(_("Say why the answer is corrected."), code="reason-required")


def _rules_for(lane: Lane, *, now: datetime) -> dict[str, NetworkRule]:
    """Return the rules of the networks that are asked: by a person where a breaker is open."""
    shut = open_networks(now=now) if lane in ATTENDED else frozenset()
    rules = {code: rule for code, rule in network_rules(now=now).items() if rule.mode != Mode.OFF}
    by_hand = {code: NetworkRule(Mode.ASSISTED, rules[code].required) for code in shut & set(rules)}
    return rules | by_hand


def _possible(mode: Mode) -> Mode:
    if mode in (Mode.WEB, Mode.GATEWAY) and site_to_ask() is None:
        return Mode.ASSISTED
    # A paid source has no adapter yet: until then a person answers.
    return Mode.ASSISTED if mode is Mode.GATEWAY else mode


def _lookups_for(
    questions: list[Question],
    rules: Mapping[str, NetworkRule],
    *,
    lane: Lane,
    since: datetime | None,
    now: datetime,
) -> dict[Question, Lookup]:
    """Return one lookup for each question, making those that nobody has asked.

    The partial unique index decides a race: what it refuses has a winner, who is found in the next
    round (as live, or answered meanwhile).
    """
    found = _usable(questions, since=since, now=now)
    for _round in range(ROUNDS):
        missing = [question for question in questions if question not in found]
        if not missing:
            return found
        Lookup.objects.bulk_create(
            (_new_lookup(question, rules[question[1]], lane=lane, now=now) for question in missing),
            ignore_conflicts=True,
        )
        found |= _usable(missing, since=since or now, now=now)
    raise ValidationError(
        _("These networks are being asked by many at once. Please try again."), code="check-busy"
    )


def _new_lookup(question: Question, rule: NetworkRule, *, lane: Lane, now: datetime) -> Lookup:
    imei, network = question
    assisted = rule.mode is Mode.ASSISTED
    return Lookup(
        imei=imei,
        network=network,
        mode=rule.mode,
        lane=lane,
        state=LookupState.ASSISTED if assisted else LookupState.QUEUED,
        asked_at=now,
        next_try_at=now,
    )


def _usable(
    questions: Iterable[Question], *, since: datetime | None, now: datetime
) -> dict[Question, Lookup]:
    wanted = set(questions)
    live = Q(state__in=[state.value for state in sorted(LIVE)])
    recent = Q(state=LookupState.ANSWERED, answered_at__gte=since) if since else Q()
    rows = Lookup.objects.filter(
        live | recent if since else live,
        imei__in={imei for imei, _network in wanted},
        network__in={network for _imei, network in wanted},
    ).order_by("pk")
    return {
        (row.imei, row.network): row
        for row in rows
        if (row.imei, row.network) in wanted
        and (row.answered_at is None or same_day(row.answered_at, now=now))
    }
