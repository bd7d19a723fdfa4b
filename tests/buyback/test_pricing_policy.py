"""The price in lines: worked examples to the yen, the books that are refused, and the law that
worse never pays more, over answers, marks, facts and dispositions."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from buyback.inspection.policy import (
    Remedy,
    StoreRules,
    decide,
    facts_from,
    grade_of,
)
from buyback.inspection.questions import QUESTIONS, Answers, Fault, Part, parse_answers
from buyback.pricing import policy
from buyback.pricing.policy import (
    Code,
    Deduction,
    LineCode,
    NoPrice,
    Percent,
    PriceFacts,
    PriceFigures,
    Yen,
    figures_problems,
    price,
    price_facts,
)
from carriers.checks.policy import Verdict
from inventory.units.policy import Channel, Disposition, Grade

PARTS: dict[Part, Deduction] = {part: Yen(1_000) for part in Part}
BASE = {Grade.S: 70_000, Grade.A: 64_000, Grade.B: 58_000, Grade.C: 49_000, Grade.J: 12_000}
FIGURES = PriceFigures(
    book_id="2026-11/iphone-14-128",
    base_yen=BASE,
    parts=PARTS | {Part.SCREEN: Yen(14_000), Part.SIM_LOCK: Yen(4_000), Part.BATTERY: Percent(7)},
    unlisted=Yen(500),
    at_risk=Yen(3_500),
    restricted=Percent(30),
    channel_percent={Channel.OVERSEAS: 60, Channel.WIFI_ONLY: 35},
    parts_yen=800,
    rounding_yen=100,
    floor_yen=1_000,
)
SALE = PriceFacts(
    Disposition.RESALE,
    frozenset({Channel.DOMESTIC, Channel.PARTS}),
    Grade.B,
    Verdict.WHITE,
    frozenset(),
)
SCREEN = frozenset({Fault.GLASS_CRACKED, Fault.TOUCH_FAULTY})


def lines(facts: PriceFacts, figures: PriceFigures = FIGURES) -> list[tuple[str, int]]:
    return [(line.code, line.yen) for line in price(facts, figures).lines]


def test_the_example_book_is_accepted() -> None:
    assert figures_problems(FIGURES) == ()


def test_it_prices_the_sketched_deal_to_the_yen() -> None:
    quote = price(replace(SALE, faults=SCREEN, verdict=Verdict.AT_RISK), FIGURES)
    assert [(line.code, line.yen) for line in quote.lines] == [
        (LineCode.BASE, 58_000),
        (LineCode.PART, -14_000),
        (LineCode.AT_RISK, -3_500),
    ]
    assert quote.lines[1].params == {"part": "screen", "faults": "glass_cracked,touch_faulty"}
    assert (quote.total_yen, quote.channel, quote.rule) == (40_500, Channel.DOMESTIC, "v1")
    assert quote.book_id == FIGURES.book_id


def test_the_same_part_is_deducted_once() -> None:
    one = price(replace(SALE, faults=frozenset({Fault.GLASS_CRACKED})), FIGURES)
    three = price(replace(SALE, faults=SCREEN | {Fault.DISPLAY_FAULTY}), FIGURES)
    assert one.total_yen == three.total_yen == 44_000


def test_percentages_are_of_the_base_and_rounding_is_one_line_towards_the_shop() -> None:
    odd = replace(FIGURES, base_yen=BASE | {Grade.B: 57_777}, rounding_yen=13)
    worn = replace(SALE, faults=frozenset({Fault.BATTERY_WORN}), verdict=Verdict.UNLISTED)
    # 57,777 − 4,044.39 − 500 = 53,232.61, and 53,222 is the multiple of 13 below it.
    assert lines(worn, odd) == [
        (LineCode.BASE, 57_777),
        (LineCode.PART, -4_044),
        (LineCode.UNLISTED, -500),
        (LineCode.ROUNDING, -11),
    ]


def test_it_takes_the_best_paying_channel_and_says_its_share() -> None:
    both = frozenset({Channel.WIFI_ONLY, Channel.OVERSEAS, Channel.PARTS})
    quote = price(replace(SALE, channels=both, verdict=Verdict.RED), FIGURES)
    assert [(line.code, line.yen) for line in quote.lines] == [
        (LineCode.BASE, 58_000),
        (LineCode.CHANNEL, -23_200),
        (LineCode.RESTRICTED, -17_400),
    ]
    assert quote.lines[1].params == {"channel": "overseas", "percent": 60}
    assert quote.channel is Channel.OVERSEAS


def test_a_channel_without_a_figure_pays_the_floor() -> None:
    overseas = replace(SALE, channels=frozenset({Channel.OVERSEAS}))
    quote = price(overseas, replace(FIGURES, channel_percent={}))
    assert quote.total_yen == 1_000
    assert quote.lines[-1].code == LineCode.FLOOR


def test_the_floor_lifts_last_and_the_ceiling_holds() -> None:
    broken = replace(SALE, grade=Grade.J, faults=frozenset(Fault))
    quote = price(broken, FIGURES)
    assert (quote.lines[-1].code, quote.total_yen) == (LineCode.FLOOR, 1_000)
    capped = price(SALE, replace(FIGURES, ceiling_yen=50_007, rounding_yen=7))
    assert [(line.code, line.yen) for line in capped.lines] == [
        (LineCode.BASE, 58_000),
        (LineCode.ROUNDING, -5),
        (LineCode.CEILING, -7_988),
    ]
    assert capped.total_yen == 50_007


def test_parts_have_one_flat_price() -> None:
    facts = replace(SALE, disposition=Disposition.PARTS_ONLY, faults=SCREEN)
    quote = price(facts, FIGURES)
    assert lines(facts) == [(LineCode.PARTS_VALUE, 800)]
    assert (quote.total_yen, quote.channel) == (800, Channel.PARTS)


@pytest.mark.parametrize("disposition", [Disposition.REJECT, None])
def test_a_refused_or_undecided_phone_has_no_price(disposition: Disposition | None) -> None:
    with pytest.raises(NoPrice):
        price(replace(SALE, disposition=disposition), FIGURES)


def test_resale_without_a_resale_channel_has_no_price() -> None:
    with pytest.raises(NoPrice):
        price(replace(SALE, channels=frozenset({Channel.PARTS})), FIGURES)


def test_the_current_rule_is_one_of_the_kept_ones() -> None:
    assert policy.RULES[policy.CURRENT_RULE](SALE, FIGURES) == price(SALE, FIGURES)
    assert json.dumps([dict(line.params) for line in price(SALE, FIGURES).lines])


# --- books -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "codes"),
    [
        (
            replace(FIGURES, base_yen={Grade.S: 50_000}),
            [Code.BASE_MISSING] * 4,
        ),
        (replace(FIGURES, base_yen={}), [Code.BASE_MISSING] * 5),
        (replace(FIGURES, parts={}), [Code.DEDUCTION_MISSING] * len(Part)),
        (
            replace(FIGURES, base_yen=BASE | {Grade.C: 58_001}),
            [Code.BASE_ORDER],
        ),
        (replace(FIGURES, parts=PARTS | {Part.BODY: Yen(-1)}), [Code.NEGATIVE]),
        (replace(FIGURES, parts=PARTS | {Part.BODY: Percent(101)}), [Code.PERCENT_RANGE]),
        (replace(FIGURES, channel_percent={Channel.OVERSEAS: 101}), [Code.PERCENT_RANGE]),
        (replace(FIGURES, rounding_yen=0), [Code.ROUNDING]),
        (replace(FIGURES, unlisted=Yen(3_501)), [Code.VERDICT_ORDER] * 5),
        # 8 % of J's 12,000 is less than the △ deduction of 3,500; of C's 49,000 it is more.
        (replace(FIGURES, restricted=Percent(8)), [Code.VERDICT_ORDER]),
        (replace(FIGURES, parts_yen=1_001), [Code.PARTS_ABOVE_RESALE]),
        (replace(FIGURES, floor_yen=12_001), [Code.FLOOR_ABOVE_BASE]),
        (replace(FIGURES, ceiling_yen=999), [Code.FLOOR_ABOVE_CEILING]),
        (replace(FIGURES, parts_yen=-1), [Code.NEGATIVE]),
    ],
)
def test_it_refuses_a_book(figures: PriceFigures, codes: list[Code]) -> None:
    assert [problem.code for problem in figures_problems(figures)] == codes


# --- remedies --------------------------------------------------------------------------------

GOOD = {question.code: question.options[0].code for question in QUESTIONS} | {
    "exterior": "normal",
    "battery": "91",
}
OPEN = StoreRules(frozenset(Channel), takes_hazards=True, takes_at_risk=True)


def answers(**changed: str) -> Answers:
    found = parse_answers({**GOOD, **changed})
    assert isinstance(found, Answers), found
    return found


def test_remedies_come_in_yen() -> None:
    found = answers(sim_lock="locked")
    facts = facts_from(found, verdict=Verdict.AT_RISK, store=OPEN)
    assert policy.remedies_in_yen(facts, found.faults, FIGURES) == (
        (Remedy.PAY_OFF, 3_500),
        (Remedy.UNLOCK_SIM, 4_000),
    )


def test_a_lifted_lock_is_worth_the_whole_price() -> None:
    found = answers(account_lock="on")
    facts = facts_from(found, verdict=Verdict.WHITE, store=OPEN)
    assert policy.remedies_in_yen(facts, found.faults, FIGURES) == (
        (Remedy.LIFT_ACCOUNT_LOCK, 58_000),
    )


# --- the law: worse never pays more ----------------------------------------------------------

VERDICTS_BEST_FIRST = (Verdict.WHITE, Verdict.UNLISTED, Verdict.AT_RISK, Verdict.RED)
cuts: st.SearchStrategy[Deduction] = st.one_of(
    st.builds(Yen, st.integers(0, 30_000)), st.builds(Percent, st.integers(0, 100))
)


@st.composite
def books(draw: st.DrawFn) -> PriceFigures:
    base = sorted(draw(st.lists(st.integers(0, 90_007), min_size=5, max_size=5)), reverse=True)
    kind: Callable[[int], Deduction] = Yen if draw(st.booleans()) else Percent
    marks = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    scale = 97 if kind is Yen else 1
    floor = draw(st.integers(0, base[-1]))
    figures = PriceFigures(
        book_id="b",
        base_yen=dict(zip(Grade, base, strict=True)),
        parts={part: draw(cuts) for part in Part},
        unlisted=kind(marks[0] * scale),
        at_risk=kind(marks[1] * scale),
        restricted=kind(marks[2] * scale),
        channel_percent={
            Channel.OVERSEAS: draw(st.integers(0, 100)),
            Channel.WIFI_ONLY: draw(st.integers(0, 100)),
        },
        parts_yen=draw(st.integers(0, floor)),
        rounding_yen=draw(st.sampled_from([1, 7, 13, 100, 500])),
        floor_yen=floor,
        ceiling_yen=draw(st.none() | st.integers(floor, 90_007)),
    )
    assert figures_problems(figures) == ()
    return figures


stores = st.builds(
    StoreRules,
    open_channels=st.frozensets(st.sampled_from(Channel)),
    takes_hazards=st.booleans(),
    takes_at_risk=st.booleans(),
)


@st.composite
def two_answers(draw: st.DrawFn) -> tuple[Answers, Answers]:
    """Draw two consistent sets of answers, the first nowhere worse than the second."""
    better, worse = {}, {}
    for question in QUESTIONS:
        options = [option.code for option in question.options]
        low = draw(st.integers(0, len(options) - 1) | st.just(0))
        high = draw(st.integers(0, low))
        better[question.code], worse[question.code] = options[high], options[low]
    if draw(st.booleans()):
        percent = draw(st.integers(1, 100))
        worse["battery"], better["battery"] = str(percent), str(draw(st.integers(percent, 100)))
    for raw in (better, worse):
        _settle(raw)
    good, bad = parse_answers(better), parse_answers(worse)
    assume(isinstance(good, Answers) and isinstance(bad, Answers))
    assert isinstance(good, Answers)
    assert isinstance(bad, Answers)
    return good, bad


def _settle(raw: dict[str, str]) -> None:
    """Make answers about a dead phone possible ones, and no others “not tested”."""
    dead = raw["power_on"] == "no"
    for question in QUESTIONS:
        if question.needs_power:
            works = raw[question.code] == "works"
            raw[question.code] = "not_tested" if dead else ("works" if works else "faulty")
    if dead:
        raw["erasable"], raw["battery"] = "no", "unknown"
    if raw["exterior"] == "unused" and (
        dead or "cracked" in (raw["glass"], raw["back"]) or "yes" in (raw["bent"], raw["liquid"])
    ):
        raw["exterior"] = "clean"


def yen(found: Answers, verdict: Verdict, store: StoreRules, figures: PriceFigures) -> int:
    facts = facts_from(found, verdict=verdict, store=store, ownership_proved=True)
    now = price_facts(decide(facts), grade_of(found), verdict, found.faults)
    try:
        quote = price(now, figures)
    except NoPrice:
        return 0
    assert sum(line.yen for line in quote.lines) == quote.total_yen >= 0
    return quote.total_yen


@settings(max_examples=150, deadline=None)
@given(two_answers(), st.sampled_from(VERDICTS_BEST_FIRST), stores, books())
def test_worse_answers_never_raise_a_price(
    pair: tuple[Answers, Answers], verdict: Verdict, store: StoreRules, figures: PriceFigures
) -> None:
    better, worse = pair
    assert yen(better, verdict, store, figures) >= yen(worse, verdict, store, figures)


@settings(max_examples=150, deadline=None)
@given(two_answers(), stores, books())
def test_a_worse_mark_never_raises_a_price(
    pair: tuple[Answers, Answers], store: StoreRules, figures: PriceFigures
) -> None:
    found = [yen(pair[0], verdict, store, figures) for verdict in VERDICTS_BEST_FIRST]
    assert found == sorted(found, reverse=True)


channel_sets = st.frozensets(st.sampled_from(Channel), min_size=1)
fault_sets = st.frozensets(st.sampled_from(Fault))


@settings(max_examples=150, deadline=None)
@given(books(), fault_sets, fault_sets, channel_sets, channel_sets, st.sampled_from(Grade))
def test_more_faults_or_fewer_channels_never_raise_a_price(
    figures: PriceFigures,
    few: frozenset[Fault],
    more: frozenset[Fault],
    narrow: frozenset[Channel],
    wide: frozenset[Channel],
    grade: Grade,
) -> None:
    def total(channels: frozenset[Channel], faults: frozenset[Fault]) -> int:
        resale = channels - {Channel.PARTS}
        disposition = Disposition.RESALE if resale else Disposition.PARTS_ONLY
        facts = PriceFacts(disposition, channels, grade, Verdict.WHITE, faults)
        return price(facts, figures).total_yen

    assert total(narrow | wide, few) >= total(narrow, few | more)


@given(books(), st.permutations(list(Fault)), st.sampled_from(VERDICTS_BEST_FIRST))
def test_the_order_of_faults_does_not_matter(
    figures: PriceFigures, faults: list[Fault], verdict: Verdict
) -> None:
    facts = replace(SALE, verdict=verdict, faults=frozenset(faults[:9]))
    again = replace(facts, faults=frozenset(reversed(faults[:9])))
    assert price(facts, figures) == price(again, figures)


@given(books(), fault_sets, st.sampled_from(Grade), st.sampled_from(VERDICTS_BEST_FIRST))
def test_floor_ceiling_and_rounding_hold(
    figures: PriceFigures, faults: frozenset[Fault], grade: Grade, verdict: Verdict
) -> None:
    quote = price(replace(SALE, faults=faults, grade=grade, verdict=verdict), figures)
    total, ceiling = quote.total_yen, figures.ceiling_yen
    assert sum(line.yen for line in quote.lines) == total
    assert total >= figures.floor_yen
    assert ceiling is None or total <= ceiling
    assert total in (figures.floor_yen, ceiling) or total % figures.rounding_yen == 0
    assert sum(line.code in (LineCode.ROUNDING, LineCode.FLOOR) for line in quote.lines) <= 1
    assert all(line.yen < 0 for line in quote.lines[1:] if line.code is not LineCode.FLOOR)
