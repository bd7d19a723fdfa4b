"""What a person is asked about a phone, and how the answers are read.

A fixed question list as data; the options of a question stand **best first**, so that “worse” has a
meaning the price can be tested against. A function that could not be tested counts as faulty: not
testing must never pay better than testing. What the answers are worth is decided elsewhere.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from shop.problems import Blocker, Problem

QUESTIONS_VERSION = "phone/1"
"""Stored with every inspection, so that old answers keep their meaning."""


class Part(StrEnum):
    """What would be replaced or done: the unit of a deduction, taken once (docs/decisions.md)."""

    SCREEN = "screen"
    BODY = "body"
    CAMERA = "camera"
    AUDIO = "audio"
    BUTTONS = "buttons"
    BIOMETRICS = "biometrics"
    RADIO = "radio"
    CHARGING = "charging"
    BOARD = "board"
    BATTERY = "battery"
    SIM_LOCK = "sim_lock"
    ACCESSORIES = "accessories"


class Fault(StrEnum):
    """What is wrong with a phone."""

    NO_POWER = "no_power"
    DISPLAY_FAULTY = "display_faulty"
    GLASS_CRACKED = "glass_cracked"
    TOUCH_FAULTY = "touch_faulty"
    BACK_CRACKED = "back_cracked"
    BENT = "bent"
    CAMERA_FAULTY = "camera_faulty"
    SOUND_FAULTY = "sound_faulty"
    BUTTONS_FAULTY = "buttons_faulty"
    BIOMETRICS_FAULTY = "biometrics_faulty"
    RADIO_FAULTY = "radio_faulty"
    WIFI_FAULTY = "wifi_faulty"
    CHARGING_FAULTY = "charging_faulty"
    LIQUID_DAMAGE = "liquid_damage"
    BATTERY_WORN = "battery_worn"
    BATTERY_SWOLLEN = "battery_swollen"
    SIM_LOCKED = "sim_locked"
    BOX_MISSING = "box_missing"


PART_OF: Mapping[Fault, Part] = MappingProxyType(
    {
        Fault.NO_POWER: Part.BOARD,
        Fault.DISPLAY_FAULTY: Part.SCREEN,
        Fault.GLASS_CRACKED: Part.SCREEN,
        Fault.TOUCH_FAULTY: Part.SCREEN,
        Fault.BACK_CRACKED: Part.BODY,
        Fault.BENT: Part.BODY,
        Fault.CAMERA_FAULTY: Part.CAMERA,
        Fault.SOUND_FAULTY: Part.AUDIO,
        Fault.BUTTONS_FAULTY: Part.BUTTONS,
        Fault.BIOMETRICS_FAULTY: Part.BIOMETRICS,
        Fault.RADIO_FAULTY: Part.RADIO,
        Fault.WIFI_FAULTY: Part.RADIO,
        Fault.CHARGING_FAULTY: Part.CHARGING,
        Fault.LIQUID_DAMAGE: Part.BOARD,
        Fault.BATTERY_WORN: Part.BATTERY,
        Fault.BATTERY_SWOLLEN: Part.BATTERY,
        Fault.SIM_LOCKED: Part.SIM_LOCK,
        Fault.BOX_MISSING: Part.ACCESSORIES,
    }
)
"""Cracked glass, dead touch and display lines are one screen, so one deduction."""


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer and the fault it means, if any."""

    code: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `options` best first. `percent` asks for a whole number 1–100 besides them;
    `needs_power` marks a function that only a phone that is on can show; `staff_only` is never
    asked of, nor shown to, the seller."""

    code: str
    options: tuple[Option, ...]
    percent: bool = False
    needs_power: bool = False
    staff_only: bool = False


WORKS, FAULTY, NOT_TESTED = "works", "faulty", "not_tested"
YES, NO = "yes", "no"
BATTERY_WORN_BELOW = 80
"""Percent of the first capacity under which a battery counts as worn (the trade's usual limit)."""


def _function(code: str, fault: Fault) -> Question:
    """Return a question about something that works, does not, or could not be tested."""
    options = (Option(WORKS), Option(FAULTY, fault), Option(NOT_TESTED, fault))
    return Question(code, options, needs_power=True)


QUESTIONS: tuple[Question, ...] = (
    Question("power_on", (Option(YES), Option(NO, Fault.NO_POWER))),
    Question(
        "exterior", (Option("unused"), Option("clean"), Option("normal"), Option("scratched"))
    ),
    _function("display", Fault.DISPLAY_FAULTY),
    Question("glass", (Option("intact"), Option("cracked", Fault.GLASS_CRACKED))),
    _function("touch", Fault.TOUCH_FAULTY),
    Question("back", (Option("intact"), Option("cracked", Fault.BACK_CRACKED))),
    Question("bent", (Option(NO), Option(YES, Fault.BENT))),
    _function("camera", Fault.CAMERA_FAULTY),
    _function("speaker_mic", Fault.SOUND_FAULTY),
    _function("buttons", Fault.BUTTONS_FAULTY),
    _function("biometrics", Fault.BIOMETRICS_FAULTY),
    _function("radio", Fault.RADIO_FAULTY),
    _function("wifi", Fault.WIFI_FAULTY),
    _function("charging", Fault.CHARGING_FAULTY),
    Question("liquid", (Option(NO), Option(YES, Fault.LIQUID_DAMAGE))),
    Question("battery", (Option("unknown"),), percent=True),
    Question("battery_swollen", (Option(NO), Option(YES, Fault.BATTERY_SWOLLEN))),
    Question("account_lock", (Option("off"), Option("on"))),
    Question("mdm", (Option("off"), Option("on"))),
    Question(
        "sim_lock",
        (
            Option("unlocked"),
            Option("locked", Fault.SIM_LOCKED),
            Option("unknown", Fault.SIM_LOCKED),
        ),
    ),
    Question("giteki", (Option("present"), Option("absent"))),
    Question("erasable", (Option(YES), Option(NO))),
    Question("accessories_box", (Option("complete"), Option("missing", Fault.BOX_MISSING))),
    Question("altered_imei", (Option(NO), Option(YES)), staff_only=True),
    Question("suspicion", (Option(NO), Option(YES)), staff_only=True),
)
"""The first question list, for phones, in the order a hand turns the phone over."""

_BY_CODE: Mapping[str, Question] = {question.code: question for question in QUESTIONS}


class Code(StrEnum):
    """Every problem this module can answer with."""

    MISSING = "answer-missing"
    NOT_AN_OPTION = "answer-not-an-option"
    BATTERY_NUMBER = "battery-not-a-number"
    BATTERY_RANGE = "battery-out-of-range"
    CONTRADICT = "answers-contradict"
    NOT_TESTED = "answer-must-be-tested"


def _pairs() -> tuple[tuple[str, str, str, str], ...]:
    dead = [("power_on", NO, q.code, WORKS) for q in QUESTIONS if q.needs_power]
    worn = ("glass", "back", "bent", "liquid", "battery_swollen")
    unused = [("exterior", "unused", code, _BY_CODE[code].options[1].code) for code in worn]
    return (*dead, ("power_on", NO, "erasable", YES), *unused)


CONTRADICTIONS: tuple[tuple[str, str, str, str], ...] = _pairs()
"""(question, answer, question, answer) that cannot both be true. A phone that does not power on
cannot be erased here and shows nothing that works; a used-up or broken one is not unused."""

_BLIND = (("power_on", NO), ("display", FAULTY), ("touch", FAULTY))
"""Only these excuse “not tested”: without power, picture or touch a person cannot test."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A complete, consistent set of answers.

    `given` maps every question code to an option code, or for `battery` to the digits of the
    percentage; it is what is stored and fingerprinted. `battery_percent` is 1–100, None when
    unknown. `faults` follow from the answers.
    """

    given: Mapping[str, str]
    battery_percent: int | None
    faults: frozenset[Fault]

    def is_(self, question: str, option: str) -> bool:
        """Return whether `question` was answered with `option`."""
        return self.given[question] == option


def parse_answers(raw: Mapping[str, str]) -> Answers | tuple[Problem, ...]:
    """Return the answers of a form, or every problem with them (never both).

    `raw` maps question codes to what was sent; other keys are ignored. White space is trimmed and
    full-width digits and the percent sign count for `battery`. Each problem's parameters name its
    `question`; a contradiction names `first`, `first_answer`, `second` and `second_answer`.
    """
    given: dict[str, str] = {}
    problems: list[Problem] = []
    for question in QUESTIONS:
        answer = _answer(question, raw.get(question.code, ""))
        if isinstance(answer, Blocker):
            problems.append(answer)
        else:
            given[question.code] = answer
    problems += _contradictions(given)
    if problems:
        return tuple(problems)
    battery = given["battery"]
    percent = int(battery) if battery.isdigit() else None
    return Answers(MappingProxyType(given), percent, _faults(given, percent))


def _answer(question: Question, text: str) -> str | Blocker:
    typed = unicodedata.normalize("NFKC", text).strip()
    where = {"question": question.code}
    if not typed:
        return Blocker(Code.MISSING, where)
    if typed in (option.code for option in question.options):
        return typed
    return _percent(typed, where) if question.percent else Blocker(Code.NOT_AN_OPTION, where)


def _percent(typed: str, where: Mapping[str, str]) -> str | Blocker:
    digits = typed.removesuffix("%").strip()
    if not (digits.isascii() and digits.isdigit()):
        return Blocker(Code.BATTERY_NUMBER, where)
    number = digits.lstrip("0")
    if not number or len(number) > 3 or int(number) > 100:
        return Blocker(Code.BATTERY_RANGE, where)
    return number


def _contradictions(given: Mapping[str, str]) -> list[Problem]:
    found: list[Problem] = [
        _contradiction(first, one, second, other)
        for first, one, second, other in CONTRADICTIONS
        if given.get(first) == one and given.get(second) == other
    ]
    if given.get("power_on") == NO and given.get("battery", "").isdigit():
        found.append(_contradiction("power_on", NO, "battery", given["battery"]))
    if not any(given.get(question) == answer for question, answer in _BLIND):
        found += [
            Blocker(Code.NOT_TESTED, {"question": code})
            for code, answer in given.items()
            if answer == NOT_TESTED
        ]
    return found


def _contradiction(first: str, one: str, second: str, other: str) -> Blocker:
    params = {"first": first, "first_answer": one, "second": second, "second_answer": other}
    return Blocker(Code.CONTRADICT, params)


def _faults(given: Mapping[str, str], percent: int | None) -> frozenset[Fault]:
    found = {
        option.fault
        for question in QUESTIONS
        for option in question.options
        if option.fault is not None and given[question.code] == option.code
    }
    worn = percent is not None and percent < BATTERY_WORN_BELOW
    return frozenset(found | ({Fault.BATTERY_WORN} if worn else set()))
