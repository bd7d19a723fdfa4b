"""The grade by rule, and the decision over the whole product of its inputs."""

from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest

from buyback.inspection.policy import (
    REPAIRABLE,
    SUSPICIONS,
    Code,
    Decision,
    Facts,
    Remedy,
    StoreRules,
    after_remedy,
    decide,
    facts_from,
    grade_of,
)
from buyback.inspection.questions import QUESTIONS, Answers, Fault, parse_answers
from carriers.checks.policy import Verdict
from inventory.units.policy import Channel, Disposition, Grade

OPEN = StoreRules(frozenset(Channel), takes_hazards=True, takes_at_risk=True)
BEST = {question.code: question.options[0].code for question in QUESTIONS}
GOOD = {**BEST, "exterior": "normal", "battery": "91"}
DEAD = {
    **GOOD,
    **{question.code: "not_tested" for question in QUESTIONS if question.needs_power},
    "power_on": "no",
    "erasable": "no",
    "battery": "unknown",
}
CHANNEL_SETS = [
    frozenset(chosen) for size in range(5) for chosen in combinations(tuple(Channel), size)
]


def answers(**changed: str) -> Answers:
    found = parse_answers({**GOOD, **changed})
    assert isinstance(found, Answers), found
    return found


def facts(verdict: Verdict = Verdict.WHITE, store: StoreRules = OPEN, **changed: Any) -> Facts:
    made = facts_from(answers(), verdict=verdict, store=store)
    return replace(made, **changed)


PLAIN = facts()


# --- grade -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({"exterior": "unused"}, Grade.S),
        ({"exterior": "unused", "sim_lock": "locked"}, Grade.S),
        ({"exterior": "unused", "accessories_box": "missing"}, Grade.A),
        ({"exterior": "unused", "camera": "faulty"}, Grade.B),
        ({"exterior": "clean"}, Grade.A),
        ({"exterior": "clean", "glass": "cracked"}, Grade.B),
        ({"exterior": "clean", "battery": "70"}, Grade.B),
        ({"exterior": "normal", "glass": "cracked", "touch": "faulty"}, Grade.B),
        ({"exterior": "scratched"}, Grade.C),
        ({"exterior": "scratched", "glass": "cracked"}, Grade.C),
        ({"exterior": "clean", "liquid": "yes"}, Grade.J),
        ({"exterior": "clean", "charging": "faulty"}, Grade.J),
    ],
)
def test_it_grades_by_rule(changed: dict[str, str], grade: Grade) -> None:
    assert grade_of(answers(**changed)) is grade


def test_a_dead_phone_is_junk() -> None:
    dead = parse_answers(DEAD)
    assert isinstance(dead, Answers)
    assert grade_of(dead) is Grade.J
    assert decide(facts_from(dead, verdict=Verdict.WHITE, store=OPEN)).disposition is (
        Disposition.PARTS_ONLY
    )


def test_only_what_the_repair_table_holds_is_repairable() -> None:
    assert [fault for fault, can in REPAIRABLE.items() if can] == [Fault.CHARGING_FAULTY]
    charging = facts_from(answers(charging="faulty"), verdict=Verdict.WHITE, store=OPEN)
    assert (charging.repairable, charging.working) == (True, False)
    assert decide(charging).disposition is Disposition.RESALE
    bent = facts_from(answers(bent="yes"), verdict=Verdict.WHITE, store=OPEN)
    assert decide(bent).codes == (Code.NOT_REPAIRABLE,)


def test_a_manager_may_override_the_grade() -> None:
    made = facts_from(answers(), verdict=Verdict.WHITE, store=OPEN, grade=Grade.C)
    assert made.grade is Grade.C


# --- decision: one row of the table each -----------------------------------------------------

DOMESTIC, OVERSEAS = Channel.DOMESTIC, Channel.OVERSEAS
WIFI, PARTS = Channel.WIFI_ONLY, Channel.PARTS


@pytest.mark.parametrize(
    ("made", "channels", "reasons"),
    [
        (facts(), {DOMESTIC, OVERSEAS, PARTS}, ()),
        (facts(Verdict.UNLISTED), {DOMESTIC, OVERSEAS, PARTS}, ()),
        (
            facts(Verdict.NOT_APPLICABLE, sim_unlocked=False),
            {DOMESTIC, OVERSEAS, PARTS},
            (),
        ),
        (facts(sim_unlocked=False), {DOMESTIC, PARTS}, ()),
        (facts(battery_swollen=True), {PARTS}, (Code.SWOLLEN,)),
        (
            facts(battery_swollen=True, takes_hazards=False),
            set(),
            (Code.SWOLLEN, Code.NO_CHANNEL),
        ),
        (facts(erasable=False), {PARTS}, (Code.NOT_ERASABLE,)),
        (facts(Verdict.RED), set(), (Code.RED, Code.NO_PROOF)),
        (facts(Verdict.RED, ownership_proved=True), {OVERSEAS, WIFI, PARTS}, (Code.RED,)),
        (
            facts(Verdict.RED, ownership_proved=True, sim_unlocked=False),
            {WIFI, PARTS},
            (Code.RED,),
        ),
        (
            facts(Verdict.RED, ownership_proved=True, wifi_works=False),
            {OVERSEAS, PARTS},
            (Code.RED,),
        ),
        (facts(Verdict.RED, ownership_proved=True, working=False), {PARTS}, (Code.RED,)),
        (
            facts(Verdict.RED, ownership_proved=True, giteki=False),
            {OVERSEAS, PARTS},
            (Code.RED, Code.NO_GITEKI),
        ),
        (facts(Verdict.RED, ownership_proved=True, takes_at_risk=False), {PARTS}, (Code.RED,)),
        (facts(Verdict.AT_RISK), {DOMESTIC, OVERSEAS, PARTS}, (Code.AT_RISK,)),
        (
            facts(Verdict.AT_RISK, takes_at_risk=False),
            {PARTS},
            (Code.AT_RISK, Code.AT_RISK_REFUSED),
        ),
        (facts(giteki=False), {OVERSEAS, PARTS}, (Code.NO_GITEKI,)),
        (facts(grade=Grade.J, repairable=False), {PARTS}, (Code.NOT_REPAIRABLE,)),
        (facts(grade=Grade.J), {DOMESTIC, OVERSEAS, PARTS}, ()),
        (facts(open_channels=frozenset()), set(), (Code.NO_CHANNEL,)),
    ],
)
def test_it_decides_by_the_table(
    made: Facts, channels: set[Channel], reasons: tuple[Code, ...]
) -> None:
    decision = decide(made)
    assert (set(decision.channels), decision.codes) == (channels, reasons)
    resale = bool(channels - {PARTS})
    expected = (
        Disposition.RESALE
        if resale
        else (Disposition.PARTS_ONLY if channels else Disposition.REJECT)
    )
    assert decision.disposition is expected
    assert not decision.duty_to_report


def test_a_lock_can_be_lifted_and_suspicion_cannot() -> None:
    locked = decide(facts(Verdict.UNRESOLVED, account_lock=True, mdm=True))
    assert locked == Decision(
        Disposition.REJECT,
        frozenset(),
        (Code.ACCOUNT_LOCK, Code.MDM),
        (Remedy.LIFT_ACCOUNT_LOCK, Remedy.LIFT_MDM),
    )
    odd = decide(facts(suspicion=True, gsma_stolen=True, account_lock=True))
    assert odd.codes == (Code.SUSPICION, Code.GSMA)
    assert (odd.remedies, odd.duty_to_report) == ((), True)


def test_an_unresolved_check_gives_no_decision() -> None:
    decision = decide(facts(Verdict.UNRESOLVED, battery_swollen=True))
    assert decision == Decision(None, frozenset(), (Code.UNRESOLVED,), (Remedy.WAIT_FOR_CHECK,))


def test_remedies_are_only_what_can_help() -> None:
    assert decide(facts(Verdict.AT_RISK, sim_unlocked=False)).remedies == (
        Remedy.PAY_OFF,
        Remedy.UNLOCK_SIM,
    )
    red = facts(Verdict.RED, sim_unlocked=False)
    assert decide(red).remedies == (Remedy.PROVE_OWNERSHIP,)
    assert decide(replace(red, ownership_proved=True)).remedies == ()
    assert decide(facts(Verdict.NOT_APPLICABLE, sim_unlocked=False)).remedies == ()


@pytest.mark.parametrize("remedy", Remedy)
def test_a_remedy_cures_what_it_names(remedy: Remedy) -> None:
    bad = {
        Remedy.LIFT_ACCOUNT_LOCK: facts(account_lock=True),
        Remedy.LIFT_MDM: facts(mdm=True),
        Remedy.WAIT_FOR_CHECK: facts(Verdict.UNRESOLVED),
        Remedy.PROVE_OWNERSHIP: facts(Verdict.RED),
        Remedy.PAY_OFF: facts(Verdict.AT_RISK, takes_at_risk=False),
        Remedy.UNLOCK_SIM: facts(sim_unlocked=False),
    }[remedy]
    better, faults = after_remedy(bad, frozenset({Fault.SIM_LOCKED}), remedy)
    assert remedy in decide(bad).remedies
    assert remedy not in decide(better).remedies
    assert decide(bad).channels < decide(better).channels
    assert (Fault.SIM_LOCKED in faults) is (remedy is not Remedy.UNLOCK_SIM)


# --- decision: the whole product -------------------------------------------------------------

_LATER = (
    "battery_swollen",
    "erasable",
    "sim_unlocked",
    "working",
    "wifi_works",
    "giteki",
    "ownership_proved",
    "repairable",
    "takes_hazards",
    "takes_at_risk",
)


Key = tuple[Verdict, Grade, frozenset[Channel], tuple[bool, ...]]
GRADES = (Grade.C, Grade.J)  # `decide` asks of a grade only whether it is J


def from_key(key: Key) -> Facts:
    verdict, grade, channels, flags = key
    changed = flag_changes(flags) | {"verdict": verdict, "grade": grade, "open_channels": channels}
    return replace(PLAIN, **changed)


def flag_changes(flags: tuple[bool, ...], names: tuple[str, ...] = _LATER) -> dict[str, Any]:
    return dict(zip(names, flags, strict=True))


@pytest.fixture(scope="module")
def decisions() -> dict[Key, Decision]:
    """Every combination of the facts that the rules after suspicion and locks look at."""
    keys = product(Verdict, GRADES, CHANNEL_SETS, product((False, True), repeat=len(_LATER)))
    return {key: decide(from_key(key)) for key in keys}


def test_the_first_rules_win_over_every_other_fact() -> None:
    first = ("suspicion", "altered_imei", "notice_match", "gsma_stolen", "account_lock", "mdm")
    rest = [
        facts(verdict, store)
        for verdict in Verdict
        for store in (OPEN, StoreRules(frozenset(), takes_hazards=False, takes_at_risk=False))
    ]
    counts: Counter[str] = Counter()
    for flags, made in product(product((False, True), repeat=6), rest):
        decision = decide(replace(made, **flag_changes(flags, first)))
        if any(flags):
            assert decision.disposition is Disposition.REJECT
            assert decision.duty_to_report is any(flags[:4])
            assert decision.channels == frozenset()
            counts["report" if any(flags[:4]) else "locked"] += 1
            assert SUSPICIONS.issuperset(decision.codes) is any(flags[:4])
            assert bool(decision.remedies) is not any(flags[:4])
    assert counts == {"report": 60 * len(rest), "locked": 3 * len(rest)}


def test_the_decision_holds_over_the_whole_product(decisions: dict[Key, Decision]) -> None:
    counts: Counter[tuple[Verdict, Disposition | None]] = Counter()
    for (verdict, _, channels, flags), decision in decisions.items():
        named = flag_changes(flags)
        counts[verdict, decision.disposition] += 1
        assert (decision.disposition is None) is (verdict is Verdict.UNRESOLVED)
        assert decision.channels <= channels
        if verdict is Verdict.RED:
            assert Channel.DOMESTIC not in decision.channels
            assert named["ownership_proved"] or not decision.channels
        else:
            assert Channel.WIFI_ONLY not in decision.channels
        if named["battery_swollen"] or not named["erasable"]:
            assert decision.channels <= {Channel.PARTS}
        if decision.disposition is Disposition.REJECT:
            assert decision.codes
    resale, parts, reject = Disposition.RESALE, Disposition.PARTS_ONLY, Disposition.REJECT
    assert counts == {
        (Verdict.WHITE, resale): 2688,
        (Verdict.WHITE, parts): 10944,
        (Verdict.WHITE, reject): 19136,
        (Verdict.UNLISTED, resale): 2688,
        (Verdict.UNLISTED, parts): 10944,
        (Verdict.UNLISTED, reject): 19136,
        (Verdict.AT_RISK, resale): 1344,
        (Verdict.AT_RISK, parts): 11616,
        (Verdict.AT_RISK, reject): 19808,
        (Verdict.RED, resale): 228,
        (Verdict.RED, parts): 6030,
        (Verdict.RED, reject): 26510,
        (Verdict.NOT_APPLICABLE, resale): 3840,
        (Verdict.NOT_APPLICABLE, parts): 10368,
        (Verdict.NOT_APPLICABLE, reject): 18560,
        (Verdict.UNRESOLVED, None): 32768,
    }


@pytest.mark.parametrize("name", _LATER)
def test_no_worse_fact_opens_a_channel(name: str, decisions: dict[Key, Decision]) -> None:
    at, worse = _LATER.index(name), name == "battery_swollen"
    for (verdict, grade, channels, flags), decision in decisions.items():
        if flags[at] is worse:
            better = (*flags[:at], not worse, *flags[at + 1 :])
            assert decision.channels <= decisions[verdict, grade, channels, better].channels


def test_junk_opens_no_channel(decisions: dict[Key, Decision]) -> None:
    for (verdict, grade, channels, flags), decision in decisions.items():
        if grade is Grade.J:
            assert decision.channels <= decisions[verdict, Grade.C, channels, flags].channels


def test_no_worse_mark_opens_a_better_way_to_sell(decisions: dict[Key, Decision]) -> None:
    order = (Verdict.WHITE, Verdict.UNLISTED, Verdict.AT_RISK, Verdict.RED)
    rank = {Disposition.RESALE: 2, Disposition.PARTS_ONLY: 1, Disposition.REJECT: 0}
    for verdict, grade, channels, flags in decisions:
        if verdict is Verdict.WHITE:
            found = [decisions[mark, grade, channels, flags].disposition for mark in order]
            ranks = [rank[disposition] for disposition in found if disposition is not None]
            assert ranks == sorted(ranks, reverse=True), (grade, channels, flags)
