"""From what was found to what we do with the phone: grade, disposition, channels, remedies.

Decided here: the grade by rule, and the table of DESIGN §6 from facts to a decision. Not decided
here: the price (`buyback.pricing.policy`) and what a store has opened (an argument).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from buyback.inspection.questions import Answers, Fault
from carriers.checks.policy import Verdict
from inventory.units.policy import Channel, Disposition, Grade


class Code(StrEnum):
    """Every reason a decision can give, in the order of the table."""

    SUSPICION = "suspicion-recorded"
    ALTERED_IMEI = "imei-altered"
    NOTICE = "police-notice-match"
    GSMA = "gsma-listed-stolen"
    ACCOUNT_LOCK = "account-lock-on"
    MDM = "mdm-on"
    UNRESOLVED = "decision-waits-for-check"
    NO_PROOF = "ownership-not-proved"
    SWOLLEN = "battery-swollen"
    NOT_ERASABLE = "cannot-be-erased"
    RED = "restricted"
    AT_RISK = "at-risk"
    AT_RISK_REFUSED = "at-risk-not-taken"
    NO_GITEKI = "no-giteki"
    NOT_REPAIRABLE = "not-repairable"
    NO_CHANNEL = "no-channel"


SUSPICIONS = frozenset({Code.SUSPICION, Code.ALTERED_IMEI, Code.NOTICE, Code.GSMA})
"""Reasons that staff alone may read, and that bring the duty to tell the police at once
(古物営業法15条3項)."""


class Remedy(StrEnum):
    """What the seller could still do."""

    LIFT_ACCOUNT_LOCK = "lift-account-lock"
    LIFT_MDM = "lift-mdm"
    WAIT_FOR_CHECK = "wait-for-check"
    PROVE_OWNERSHIP = "prove-ownership"
    PAY_OFF = "pay-off-instalments"
    UNLOCK_SIM = "unlock-sim"


_UNUSABLE = frozenset(
    {
        Fault.NO_POWER,
        Fault.LIQUID_DAMAGE,
        Fault.BENT,
        Fault.RADIO_FAULTY,
        Fault.WIFI_FAULTY,
        Fault.CHARGING_FAULTY,
    }
)
"""Faults that make a phone junk (J) until repaired."""

REPAIRABLE: Mapping[Fault, bool] = MappingProxyType(
    {fault: fault is Fault.CHARGING_FAULTY for fault in sorted(_UNUSABLE)}
)
"""The repair table: which of the J faults a workshop can cure without board work. A charging port
is a part; the others sit on the board or in the frame."""

NOT_HARDWARE = frozenset({Fault.SIM_LOCKED, Fault.BOX_MISSING})
"""Faults that a grade does not look at."""

_EXTERIOR: Mapping[str, Grade] = MappingProxyType(
    {"unused": Grade.S, "clean": Grade.A, "normal": Grade.B, "scratched": Grade.C}
)
GRADES_BEST_FIRST: tuple[Grade, ...] = tuple(Grade)


def worse_of(one: Grade, other: Grade) -> Grade:
    """Return the worse of two grades (S is best, J worst)."""
    return max(one, other, key=GRADES_BEST_FIRST.index)


def grade_of(answers: Answers) -> Grade:
    """Return the grade by rule: exterior first, then function.

    Unused is S, without its box A; a hardware fault that a part cures leaves B at best (the part is
    deducted besides); a fault that makes the phone unusable is J.
    """
    grade = _EXTERIOR[answers.given["exterior"]]
    if answers.faults & _UNUSABLE:
        return Grade.J
    if Fault.BOX_MISSING in answers.faults:
        grade = worse_of(grade, Grade.A)
    if answers.faults - NOT_HARDWARE:
        grade = worse_of(grade, Grade.B)
    return grade


@dataclass(frozen=True, slots=True)
class StoreRules:
    """What a store has opened (dated settings, read by the caller)."""

    open_channels: frozenset[Channel]
    takes_hazards: bool
    takes_at_risk: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All that `decide` looks at.

    `working`: powers on, shows a picture, takes touch and charges. `ownership_proved`: the holder
    of the carrier's contract is the person on the ID. `repairable`: every fault that makes it J is
    in the repair table. The last three are the store's settings.
    """

    verdict: Verdict
    suspicion: bool
    altered_imei: bool
    notice_match: bool
    gsma_stolen: bool
    account_lock: bool
    mdm: bool
    battery_swollen: bool
    erasable: bool
    sim_unlocked: bool
    working: bool
    wifi_works: bool
    giteki: bool
    ownership_proved: bool
    repairable: bool
    grade: Grade
    open_channels: frozenset[Channel]
    takes_hazards: bool
    takes_at_risk: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What we do. `disposition` None means: no buying decision yet. `codes` give the reasons in the
    order of the table, `remedies` what the seller could still do."""

    disposition: Disposition | None
    channels: frozenset[Channel]
    codes: tuple[Code, ...]
    remedies: tuple[Remedy, ...]

    @property
    def duty_to_report(self) -> bool:
        """Return whether the police must be told at once (古物営業法15条3項). Staff only."""
        return not SUSPICIONS.isdisjoint(self.codes)


_NOT_WORKING = frozenset(
    {Fault.NO_POWER, Fault.DISPLAY_FAULTY, Fault.TOUCH_FAULTY, Fault.CHARGING_FAULTY}
)


def facts_from(
    answers: Answers,
    *,
    verdict: Verdict,
    store: StoreRules,
    notice_match: bool = False,
    gsma_stolen: bool = False,
    ownership_proved: bool = False,
    grade: Grade | None = None,
) -> Facts:
    """Return the facts behind a decision. `grade` is a manager's override of the computed one."""
    return Facts(
        verdict=verdict,
        suspicion=answers.is_("suspicion", "yes"),
        altered_imei=answers.is_("altered_imei", "yes"),
        notice_match=notice_match,
        gsma_stolen=gsma_stolen,
        account_lock=answers.is_("account_lock", "on"),
        mdm=answers.is_("mdm", "on"),
        battery_swollen=answers.is_("battery_swollen", "yes"),
        erasable=answers.is_("erasable", "yes"),
        sim_unlocked=answers.is_("sim_lock", "unlocked"),
        working=answers.faults.isdisjoint(_NOT_WORKING),
        wifi_works=Fault.WIFI_FAULTY not in answers.faults,
        giteki=answers.is_("giteki", "present"),
        ownership_proved=ownership_proved,
        repairable=all(REPAIRABLE.get(fault, True) for fault in answers.faults),
        grade=grade_of(answers) if grade is None else grade,
        open_channels=store.open_channels,
        takes_hazards=store.takes_hazards,
        takes_at_risk=store.takes_at_risk,
    )


def decide(facts: Facts) -> Decision:
    """Return what we do with a phone (the table of DESIGN §6, in its order).

    Reasons to refuse come first: suspicion, a lock, a × without proof of ownership; an unresolved
    check gives no decision at all. Then every rule that applies takes channels away and none gives
    any back, so a worse fact can never open a better way to sell. What is left says what we do: any
    of domestic, overseas, wifi_only is RESALE, only parts is PARTS_ONLY, nothing is REJECT.
    """
    if suspicions := _suspicions(facts):
        return Decision(Disposition.REJECT, frozenset(), suspicions, ())
    if locks := _locks(facts):
        codes, lifts = zip(*locks, strict=True)
        return Decision(Disposition.REJECT, frozenset(), codes, lifts)
    if facts.verdict is Verdict.UNRESOLVED:
        return Decision(None, frozenset(), (Code.UNRESOLVED,), (Remedy.WAIT_FOR_CHECK,))
    if facts.verdict is Verdict.RED and not facts.ownership_proved:
        codes = (Code.RED, Code.NO_PROOF)
        return Decision(Disposition.REJECT, frozenset(), codes, (Remedy.PROVE_OWNERSHIP,))
    channels = facts.open_channels
    reasons: list[Code] = []
    for code, allowed in _rules(facts):
        channels &= allowed
        reasons.append(code)
    if not facts.sim_unlocked and facts.verdict is not Verdict.NOT_APPLICABLE:
        channels -= {Channel.OVERSEAS}
    if facts.verdict is not Verdict.RED:
        channels -= {Channel.WIFI_ONLY}
    if not channels:
        reasons.append(Code.NO_CHANNEL)
    return Decision(disposition_of(channels), channels, tuple(reasons), _remedies(facts))


def disposition_of(channels: frozenset[Channel]) -> Disposition:
    """Return the disposition that follows from the channels left open."""
    if channels - {Channel.PARTS}:
        return Disposition.RESALE
    return Disposition.PARTS_ONLY if channels else Disposition.REJECT


def _suspicions(facts: Facts) -> tuple[Code, ...]:
    table = (
        (facts.suspicion, Code.SUSPICION),
        (facts.altered_imei, Code.ALTERED_IMEI),
        (facts.notice_match, Code.NOTICE),
        (facts.gsma_stolen, Code.GSMA),
    )
    return tuple(code for applies, code in table if applies)


def _locks(facts: Facts) -> tuple[tuple[Code, Remedy], ...]:
    table = (
        (facts.account_lock, (Code.ACCOUNT_LOCK, Remedy.LIFT_ACCOUNT_LOCK)),
        (facts.mdm, (Code.MDM, Remedy.LIFT_MDM)),
    )
    return tuple(found for applies, found in table if applies)


_ALL = frozenset(Channel)
_PARTS = frozenset({Channel.PARTS})
_IN_JAPAN = frozenset({Channel.DOMESTIC, Channel.WIFI_ONLY})


def _rules(facts: Facts) -> tuple[tuple[Code, frozenset[Channel]], ...]:
    """Return the rules that apply, each with the channels it leaves open."""
    refused = facts.verdict is Verdict.AT_RISK and not facts.takes_at_risk
    table = (
        (facts.battery_swollen, Code.SWOLLEN, _PARTS if facts.takes_hazards else frozenset()),
        (not facts.erasable, Code.NOT_ERASABLE, _PARTS),
        (facts.verdict is Verdict.RED, Code.RED, _red_channels(facts)),
        (facts.verdict is Verdict.AT_RISK, Code.AT_RISK, _ALL),
        (refused, Code.AT_RISK_REFUSED, _PARTS),
        (not facts.giteki, Code.NO_GITEKI, _ALL - _IN_JAPAN),
        (facts.grade is Grade.J and not facts.repairable, Code.NOT_REPAIRABLE, _PARTS),
    )
    return tuple((code, allowed) for applies, code, allowed in table if applies)


def _red_channels(facts: Facts) -> frozenset[Channel]:
    """Return where a × whose owner is known may go: never domestic.

    A store that takes no △ takes no × for resale either, and wifi_only (sold in Japan) needs the
    domestic channel open: otherwise a seller would gain by letting a △ turn ×.
    """
    if not facts.takes_at_risk or not facts.working:
        return _PARTS
    wifi = facts.wifi_works and Channel.DOMESTIC in facts.open_channels
    return _PARTS | {Channel.OVERSEAS} | ({Channel.WIFI_ONLY} if wifi else set())


def _remedies(facts: Facts) -> tuple[Remedy, ...]:
    """Return what could still better the decision. × has no cure (carriers.md §3), and a phone
    under × cannot be unlocked (§10)."""
    found: list[Remedy] = []
    if facts.verdict is Verdict.AT_RISK:
        found.append(Remedy.PAY_OFF)
    if not facts.sim_unlocked and facts.verdict not in (Verdict.RED, Verdict.NOT_APPLICABLE):
        found.append(Remedy.UNLOCK_SIM)
    return tuple(found)


def after_remedy(
    facts: Facts, faults: frozenset[Fault], remedy: Remedy
) -> tuple[Facts, frozenset[Fault]]:
    """Return facts and faults as they would be once the seller did `remedy`.

    `WAIT_FOR_CHECK` is taken to end in the best answer, so its yen is an “up to”.
    """
    match remedy:
        case Remedy.LIFT_ACCOUNT_LOCK:
            return replace(facts, account_lock=False), faults
        case Remedy.LIFT_MDM:
            return replace(facts, mdm=False), faults
        case Remedy.PROVE_OWNERSHIP:
            return replace(facts, ownership_proved=True), faults
        case Remedy.UNLOCK_SIM:
            return replace(facts, sim_unlocked=True), faults - {Fault.SIM_LOCKED}
        case Remedy.PAY_OFF | Remedy.WAIT_FOR_CHECK:
            return replace(facts, verdict=Verdict.WHITE), faults
