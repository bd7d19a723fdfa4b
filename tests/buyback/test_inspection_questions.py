"""How the answers about a phone are read: missing, impossible, contradicting, not tested."""

import pytest

from buyback.inspection import questions
from buyback.inspection.questions import QUESTIONS, Answers, Fault, parse_answers

BEST = {question.code: question.options[0].code for question in QUESTIONS}
GOOD = {**BEST, "exterior": "normal", "battery": "91"}
DEAD = {
    **GOOD,
    **{question.code: "not_tested" for question in QUESTIONS if question.needs_power},
    "power_on": "no",
    "erasable": "no",
    "battery": "unknown",
}


def answers(**changed: str) -> Answers:
    found = parse_answers({**GOOD, **changed})
    assert isinstance(found, Answers), found
    return found


def codes(raw: dict[str, str]) -> list[tuple[str, str]]:
    found = parse_answers(raw)
    assert not isinstance(found, Answers)
    return [(p.code, str(p.params.get("question", ""))) for p in found]


def test_the_best_answers_have_no_faults() -> None:
    found = parse_answers(BEST)
    assert isinstance(found, Answers)
    assert (found.faults, found.battery_percent) == (frozenset(), None)


def test_it_names_every_missing_question() -> None:
    assert codes({}) == [(questions.Code.MISSING, question.code) for question in QUESTIONS]
    assert codes({**GOOD, "glass": "  "}) == [(questions.Code.MISSING, "glass")]


def test_it_refuses_an_answer_that_is_no_option() -> None:
    assert codes({**GOOD, "glass": "works"}) == [(questions.Code.NOT_AN_OPTION, "glass")]


@pytest.mark.parametrize(
    ("typed", "percent"),
    [("１００", 100), ("85％", 85), (" 080 ", 80), ("1", 1), ("99 %", 99), ("unknown", None)],
)
def test_it_reads_a_battery_as_people_type_it(typed: str, percent: int | None) -> None:
    assert answers(battery=typed).battery_percent == percent


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0", questions.Code.BATTERY_RANGE),
        ("101", questions.Code.BATTERY_RANGE),
        ("9" * 5000, questions.Code.BATTERY_RANGE),
        ("-5", questions.Code.BATTERY_NUMBER),
        ("八十", questions.Code.BATTERY_NUMBER),
        ("८५", questions.Code.BATTERY_NUMBER),
        ("%", questions.Code.BATTERY_NUMBER),
        ("85.5", questions.Code.BATTERY_NUMBER),
    ],
)
def test_it_refuses_an_impossible_battery(typed: str, code: str) -> None:
    assert codes({**GOOD, "battery": typed}) == [(code, "battery")]


@pytest.mark.parametrize("pair", questions.CONTRADICTIONS)
def test_it_names_the_pair_that_contradicts(pair: tuple[str, str, str, str]) -> None:
    first, one, second, other = pair
    raw = {**(DEAD if first == "power_on" else GOOD), first: one, second: other}
    found = parse_answers(raw)
    assert not isinstance(found, Answers)
    expected = {"first": first, "first_answer": one, "second": second, "second_answer": other}
    assert [dict(p.params) for p in found] == [expected]


def test_a_dead_phone_tells_no_battery_percentage() -> None:
    found = parse_answers({**DEAD, "battery": "85"})
    assert not isinstance(found, Answers)
    assert [p.params["second"] for p in found] == ["battery"]


def test_not_tested_needs_a_reason_and_counts_as_faulty() -> None:
    assert codes({**GOOD, "camera": "not_tested"}) == [(questions.Code.NOT_TESTED, "camera")]
    for excuse in ("display", "touch"):
        tested = answers(**{excuse: "faulty", "camera": "faulty"})
        untested = answers(**{excuse: "faulty", "camera": "not_tested"})
        assert tested.faults == untested.faults
    assert isinstance(parse_answers(DEAD), Answers)


def test_every_fault_has_a_part_and_an_answer() -> None:
    assert set(questions.PART_OF) == set(Fault)
    by_option = {option.fault for question in QUESTIONS for option in question.options}
    assert by_option - {None} == set(Fault) - {Fault.BATTERY_WORN}


def test_a_worn_battery_is_a_fault_below_the_limit() -> None:
    assert answers(battery="80").faults == frozenset()
    assert answers(battery="79").faults == {Fault.BATTERY_WORN}
