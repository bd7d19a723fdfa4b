"""Every code of the buying rules has a sentence for staff and seller in both languages, no sentence
keeps a hole, and what is for staff alone reads the same neutral sentence to every seller."""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Any

import pytest
from django.utils import translation

from buyback.contracts import policy as contracts_policy
from buyback.contracts import wording as contracts
from buyback.identity import policy as identity_policy
from buyback.identity import wording as identity
from buyback.inspection import policy as inspection_policy
from buyback.inspection import questions
from buyback.inspection import wording as inspection
from buyback.inspection.gate import Gate as InspectionGate
from buyback.payouts import policy as payouts_policy
from buyback.payouts import wording as payouts
from buyback.pricing import policy as pricing_policy
from buyback.pricing import wording as pricing
from buyback.pricing.gate import Gate as PricingGate
from buyback.pricing.policy import Line, LineCode
from buyback.sellers import policy as sellers_policy
from buyback.sellers import wording as sellers
from inventory.units.policy import Channel, Disposition, Grade
from shop.problems import Blocker, Problem
from shop.wording import NEUTRAL, Audience, Said

Sentence = Callable[[Problem, Audience], str]
PACKAGES: dict[str, tuple[Iterable[str], Mapping[str, Said], Sentence]] = {
    "inspection": (
        [*inspection_policy.Code, *questions.Code, *InspectionGate],
        inspection.TABLE,
        inspection.sentence,
    ),
    "pricing": ([*pricing_policy.Code, *PricingGate, "no-price"], pricing.TABLE, pricing.sentence),
    "identity": (identity_policy.Code, identity.TABLE, identity.sentence),
    "sellers": (sellers_policy.Code, sellers.TABLE, sellers.sentence),
    "contracts": (contracts_policy.Code, contracts.TABLE, contracts.sentence),
    "payouts": (payouts_policy.Code, payouts.TABLE, payouts.sentence),
}
PARAMS: dict[str, str | int] = {
    "question": "camera",
    "first": "power_on",
    "first_answer": "no",
    "second": "battery",
    "second_answer": "85",
    "grade": "B",
    "better": "at_risk",
    "worse": "red",
    "part": "screen",
    "figure": "base-S",
    "yen": -1,
    "percent": 101,
    "parts": 1_001,
    "floor": 1_000,
    "base": 900,
    "ceiling": 500,
    "method": "presentation",
    "document": "passport",
    "expired_on": "2026-11-22",
    "age": 17,
    "minimum": 18,
    "field": "name",
    "count": 2,
    "points": 3,
    "owed": 40_500,
    "characters": "😀",
    "asked": 1,
}
STAFF_ONLY = [
    *sorted(inspection_policy.SUSPICIONS),
    *sorted(set(pricing_policy.Code)),
    contracts_policy.Code.ON_HOLD,
    payouts_policy.Code.ON_HOLD,
    payouts_policy.Code.CONTRACT_CHANGED,
    payouts_policy.Code.IDENTITY_CHANGED,
]
CODES = [(name, code) for name, (codes, _, _) in PACKAGES.items() for code in codes]


def is_whole(text: str, language: str) -> bool:
    """Tell whether a sentence is filled in and, in Japanese, really Japanese."""
    japanese = any("\u3040" <= sign <= "\u9fff" for sign in text)
    return bool(text) and "%(" not in text and "%%" not in text and japanese is (language == "ja")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize(("name", "code"), CODES)
def test_every_code_has_its_sentence(
    name: str, code: str, audience: Audience, language: str
) -> None:
    with translation.override(language):
        text = PACKAGES[name][2](Blocker(code, PARAMS), audience)
    assert is_whole(text, language), text


@pytest.mark.parametrize("name", PACKAGES)
def test_every_sentence_has_its_code(name: str) -> None:
    codes, table, _ = PACKAGES[name]
    assert set(table) == set(codes)


def test_a_code_belongs_to_one_package() -> None:
    for (one, (codes, _, _)), (other, (more, _, _)) in combinations(PACKAGES.items(), 2):
        assert not set(codes) & set(more), (one, other)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_for_staff_alone_reads_the_same_to_every_seller(language: str) -> None:
    with translation.override(language):
        heard = {
            PACKAGES[name][2](Blocker(code, PARAMS), Audience.SELLER)
            for name, code in CODES
            if code in STAFF_ONLY
        }
        assert heard == {str(NEUTRAL)}


def test_an_unknown_code_is_an_error_and_not_a_silence() -> None:
    for _, _, sentence in PACKAGES.values():
        with pytest.raises(KeyError):
            sentence(Blocker("no-such-code"), Audience.SELLER)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_name_is_in_both_languages(language: str) -> None:
    tables: list[tuple[Mapping[Any, object], Iterable[str]]] = [
        (inspection.QUESTIONS, [question.code for question in questions.QUESTIONS]),
        (
            inspection.OPTIONS,
            {option.code for question in questions.QUESTIONS for option in question.options},
        ),
        (inspection.FAULTS, questions.Fault),
        (inspection.PARTS, questions.Part),
        (inspection.GRADES, Grade),
        (inspection.DISPOSITIONS, Disposition),
        (inspection.CHANNELS, Channel),
        (identity.DOCUMENTS, identity_policy.DOCUMENTS),
        (identity.METHODS, identity_policy.METHODS),
    ]
    with translation.override(language):
        for table, codes in tables:
            assert set(table) == set(codes)
            wrong = [str(t) for t in table.values() if not is_whole(str(t), language)]
            assert set(wrong) <= {"Wi-Fi"}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("audience", Audience)
def test_every_remedy_and_reason_is_said(audience: Audience, language: str) -> None:
    with translation.override(language):
        said = [inspection.remedy_sentence(r, audience) for r in inspection_policy.Remedy]
        said += [inspection.reason(code, audience) for code in inspection_policy.Code]
    assert all(is_whole(text, language) for text in said)


LINE_PARAMS: dict[LineCode, dict[str, str | int]] = {
    LineCode.BASE: {"grade": "B"},
    LineCode.CHANNEL: {"channel": "overseas", "percent": 60},
    LineCode.PART: {"part": "screen", "faults": "glass_cracked"},
    LineCode.ROUNDING: {"unit": 1_000},
    LineCode.FLOOR: {"floor": 1_000},
}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", LineCode)
def test_staff_and_seller_read_the_same_line(code: LineCode, language: str) -> None:
    line = Line(code, LINE_PARAMS.get(code, {}), -1)
    with translation.override(language):
        staff, seller = (pricing.line_label(line, audience) for audience in Audience)
        assert staff == seller
        assert is_whole(staff, language)


def test_a_line_names_the_faults_that_one_part_covers() -> None:
    line = Line(LineCode.PART, {"part": "screen", "faults": "glass_cracked,touch_faulty"}, -14_000)
    with translation.override("ja"):
        assert pricing.line_label(line) == "画面：画面割れ、タッチ不良（同じ部品なので1回だけ）"
    with translation.override("en"):
        assert pricing.line_label(line) == (
            "Screen: Front glass cracked, Touch faulty (the same part, deducted once)"
        )


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("base-S", "Base price, grade S"),
        ("part-screen", "Screen"),
        ("channel-overseas", "Sale overseas"),
        ("floor", "Lowest price"),
        ("parts-value", "Price for its parts"),
        ("verdict-at-risk", "Payments may be open (△)"),
    ],
)
def test_a_refused_figure_is_named(name: str, label: str) -> None:
    with translation.override("en"):
        assert pricing.figure_label(name) == label
