"""From a decision and the figures of a price book to a price that explains itself in yen lines.

Decided here: the lines, their order, the rounding, and which books are refused because they would
pay more for worse (DESIGN §6). Not decided here: the disposition (`buyback.inspection.policy`) and
which figures hold today (rows of a book, read by the caller).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from buyback.inspection.policy import (
    GRADES_BEST_FIRST,
    Decision,
    Facts,
    Remedy,
    after_remedy,
    decide,
)
from buyback.inspection.questions import PART_OF, Fault, Part
from carriers.checks.policy import Verdict
from inventory.units.policy import Channel, Disposition, Grade
from shop.problems import Blocker, Problem


@dataclass(frozen=True, slots=True)
class Yen:
    """A deduction of a fixed number of yen (≥ 0)."""

    yen: int


@dataclass(frozen=True, slots=True)
class Percent:
    """A deduction of a whole percentage (0–100) of the base price."""

    percent: int


Deduction = Yen | Percent
NOTHING = Yen(0)


@dataclass(frozen=True, slots=True)
class PriceFigures:
    """The figures of one book for one variant; all money in whole yen.

    `book_id` names the book. `base_yen` holds every grade. `parts` holds every part's deduction.
    `unlisted`, `at_risk`, `restricted` are deducted for －, △, ×. `channel_percent` is what a
    channel pays of the base (0–100; domestic 100; a resale channel not named pays nothing, so only
    the floor). `parts_yen` is the flat price of a phone bought for parts. Resale is rounded down to
    `rounding_yen`, never above `ceiling_yen` (None: none) and never below `floor_yen`.
    """

    book_id: str
    base_yen: Mapping[Grade, int]
    parts: Mapping[Part, Deduction]
    unlisted: Deduction = NOTHING
    at_risk: Deduction = NOTHING
    restricted: Deduction = NOTHING
    channel_percent: Mapping[Channel, int] = field(default_factory=dict)
    parts_yen: int = 0
    rounding_yen: int = 100
    floor_yen: int = 0
    ceiling_yen: int | None = None


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What a price depends on besides the book: stored with the quote for its replay."""

    disposition: Disposition | None
    channels: frozenset[Channel]
    grade: Grade
    verdict: Verdict
    faults: frozenset[Fault]


class LineCode(StrEnum):
    """What a line of a quote is for."""

    BASE = "base"
    PARTS_VALUE = "parts-value"
    CHANNEL = "channel"
    PART = "part"
    UNLISTED = "verdict-unlisted"
    AT_RISK = "verdict-at-risk"
    RESTRICTED = "verdict-restricted"
    ROUNDING = "rounding"
    CEILING = "ceiling"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a code with parameters and its yen (deductions negative)."""

    code: LineCode
    params: Mapping[str, str | int]
    yen: int


@dataclass(frozen=True, slots=True)
class QuoteLines:
    """The lines in order; they sum to `total_yen` (≥ 0). `channel` is the one the price is for,
    `rule` the rule version and `book_id` the book it can be replayed from."""

    lines: tuple[Line, ...]
    total_yen: int
    channel: Channel
    rule: str
    book_id: str


class NoPrice(ValueError):
    """There is no price: the phone is refused, or there is no decision yet."""

    code = "no-price"


RESALE_CHANNELS: tuple[Channel, ...] = (Channel.DOMESTIC, Channel.OVERSEAS, Channel.WIFI_ONLY)
"""Also the order that breaks a tie between channels that pay the same."""


def price_facts(
    decision: Decision, grade: Grade, verdict: Verdict, faults: frozenset[Fault]
) -> PriceFacts:
    """Return the facts of a price from a decision."""
    return PriceFacts(decision.disposition, decision.channels, grade, verdict, faults)


def price_v1(facts: PriceFacts, figures: PriceFigures) -> QuoteLines:
    """Return the price as lines (rule version `v1`).

    Resale: the base of the grade, the share of the best-paying channel, one deduction per faulty
    part however many faults it has, the mark's deduction; percentages are of the base line. The
    exact sum is rounded down to `rounding_yen` in one line, kept under the ceiling, and lifted to
    the floor last. Percentages show whole yen; what that hides is in the rounding line. Parts only:
    the flat parts value. Raises `NoPrice` for REJECT and for no decision.
    """
    if facts.disposition is Disposition.PARTS_ONLY:
        line = Line(LineCode.PARTS_VALUE, {}, figures.parts_yen)
        return QuoteLines((line,), line.yen, Channel.PARTS, "v1", figures.book_id)
    if facts.disposition is not Disposition.RESALE:
        raise NoPrice(NoPrice.code)
    channel = _best_channel(facts.channels, figures)
    base = figures.base_yen[facts.grade]
    share = _percent_paid(channel, figures)
    cuts: list[_Cut] = [
        (LineCode.CHANNEL, {"channel": channel.value, "percent": share}, Percent(100 - share))
    ]
    cuts += _part_cuts(facts.faults, figures)
    cuts += _verdict_cuts(facts.verdict, figures)
    lines = [Line(LineCode.BASE, {"grade": facts.grade.value}, base)]
    lines += [Line(code, params, -_shown(cut, base)) for code, params, cut in cuts]
    lines = [line for line in lines if line.yen or line.code is LineCode.BASE]
    exact_hundredths = base * 100 - sum(_hundredths(cut, base) for _, _, cut in cuts)
    lines += _closing(sum(line.yen for line in lines), exact_hundredths, figures)
    total = sum(line.yen for line in lines)
    return QuoteLines(tuple(lines), total, channel, "v1", figures.book_id)


RULES: Mapping[str, Callable[[PriceFacts, PriceFigures], QuoteLines]] = MappingProxyType(
    {"v1": price_v1}
)
"""Every rule version there ever was, so that an old quote can be replayed to the yen."""
CURRENT_RULE = "v1"


def price(facts: PriceFacts, figures: PriceFigures) -> QuoteLines:
    """Return the price by the current rule; see `price_v1`."""
    return RULES[CURRENT_RULE](facts, figures)


_Cut = tuple[LineCode, dict[str, str | int], Deduction]


def _percent_paid(channel: Channel, figures: PriceFigures) -> int:
    return 100 if channel is Channel.DOMESTIC else figures.channel_percent.get(channel, 0)


def _best_channel(channels: frozenset[Channel], figures: PriceFigures) -> Channel:
    allowed = [channel for channel in RESALE_CHANNELS if channel in channels]
    if not allowed:
        raise NoPrice(NoPrice.code)
    return max(allowed, key=lambda channel: _percent_paid(channel, figures))


def _part_cuts(faults: frozenset[Fault], figures: PriceFigures) -> list[_Cut]:
    """Return one deduction per part, in the order of `Part`, naming the faults it covers."""
    by_part = {
        part: [fault.value for fault in Fault if fault in faults and PART_OF[fault] is part]
        for part in Part
    }
    return [
        (LineCode.PART, {"part": part.value, "faults": ",".join(found)}, figures.parts[part])
        for part, found in by_part.items()
        if found
    ]


def _verdict_cuts(verdict: Verdict, figures: PriceFigures) -> list[_Cut]:
    table: Mapping[Verdict, tuple[LineCode, Deduction]] = {
        Verdict.UNLISTED: (LineCode.UNLISTED, figures.unlisted),
        Verdict.AT_RISK: (LineCode.AT_RISK, figures.at_risk),
        Verdict.RED: (LineCode.RESTRICTED, figures.restricted),
    }
    if verdict not in table:
        return []
    code, cut = table[verdict]
    return [(code, {}, cut)]


def _hundredths(cut: Deduction, base: int) -> int:
    """Return the exact deduction in hundredths of a yen."""
    return cut.yen * 100 if isinstance(cut, Yen) else cut.percent * base


def _shown(cut: Deduction, base: int) -> int:
    """Return the deduction in whole yen; the fraction goes to the rounding line."""
    return _hundredths(cut, base) // 100


def _closing(shown: int, exact_hundredths: int, figures: PriceFigures) -> list[Line]:
    """Return the lines that lead from the sum of the shown lines to the total."""
    lines: list[Line] = []
    unit = figures.rounding_yen
    total = max(exact_hundredths // 100 // unit * unit, figures.floor_yen)
    if total > shown:
        lines.append(Line(LineCode.FLOOR, {"floor": figures.floor_yen}, total - shown))
    elif total < shown:
        lines.append(Line(LineCode.ROUNDING, {"unit": unit}, total - shown))
    ceiling = figures.ceiling_yen
    if ceiling is not None and total > ceiling:
        lines.append(Line(LineCode.CEILING, {"ceiling": ceiling}, ceiling - total))
    return lines


def price_if(now: PriceFacts, then: PriceFacts, figures: PriceFigures) -> int:
    """Return by how many yen the price would change from `now` to `then`, at today's book.

    A phone that is refused, or not decided on, counts as 0 yen.
    """
    return _yen_or_nothing(then, figures) - _yen_or_nothing(now, figures)


def _yen_or_nothing(facts: PriceFacts, figures: PriceFigures) -> int:
    try:
        return price(facts, figures).total_yen
    except NoPrice:
        return 0


def remedies_in_yen(
    facts: Facts, faults: frozenset[Fault], figures: PriceFigures
) -> tuple[tuple[Remedy, int], ...]:
    """Return every remedy of the decision on `facts` with what it would add in yen (≥ 0).

    The yen is “if it is done and nothing else changes, at today's book”: a hint, not a promise.
    """
    decision = decide(facts)
    now = price_facts(decision, facts.grade, facts.verdict, faults)
    found = []
    for remedy in decision.remedies:
        better, fewer = after_remedy(facts, faults, remedy)
        then = price_facts(decide(better), better.grade, better.verdict, fewer)
        found.append((remedy, price_if(now, then, figures)))
    return tuple(found)


class Code(StrEnum):
    """Why a book's figures are refused."""

    BASE_MISSING = "base-missing"
    BASE_ORDER = "base-order"
    DEDUCTION_MISSING = "deduction-missing"
    NEGATIVE = "negative-figure"
    PERCENT_RANGE = "percent-out-of-range"
    VERDICT_ORDER = "verdict-order"
    PARTS_ABOVE_RESALE = "parts-above-resale"
    FLOOR_ABOVE_BASE = "floor-above-base"
    FLOOR_ABOVE_CEILING = "floor-above-ceiling"
    ROUNDING = "rounding-below-one"


def figures_problems(figures: PriceFigures) -> tuple[Problem, ...]:
    """Return why a book may not go live: a figure missing, negative or out of range, or an order
    that pays more for worse (grades S≥A≥B≥C≥J; －, △, × each deduct at least as much as the one
    before at every base; parts at most the floor, which is the lowest price of resale)."""
    return (*_missing(figures), *_out_of_range(figures), *_out_of_order(figures))


def _missing(figures: PriceFigures) -> Iterable[Problem]:
    for grade in GRADES_BEST_FIRST:
        if grade not in figures.base_yen:
            yield Blocker(Code.BASE_MISSING, {"grade": grade.value})
    for part in Part:
        if part not in figures.parts:
            yield Blocker(Code.DEDUCTION_MISSING, {"part": part.value})


def _out_of_range(figures: PriceFigures) -> Iterable[Problem]:
    money = {f"base-{grade}": yen for grade, yen in figures.base_yen.items()}
    money |= {"parts-value": figures.parts_yen, "floor": figures.floor_yen}
    money |= {"ceiling": figures.ceiling_yen or 0}
    shares = {f"channel-{channel}": share for channel, share in figures.channel_percent.items()}
    for name, cut in _named_cuts(figures):
        if isinstance(cut, Yen):
            money[name] = cut.yen
        else:
            shares[name] = cut.percent
    for name, yen in money.items():
        if yen < 0:
            yield Blocker(Code.NEGATIVE, {"figure": name, "yen": yen})
    for name, share in shares.items():
        if not 0 <= share <= 100:
            yield Blocker(Code.PERCENT_RANGE, {"figure": name, "percent": share})
    if figures.rounding_yen < 1:
        yield Blocker(Code.ROUNDING, {"yen": figures.rounding_yen})


def _named_cuts(figures: PriceFigures) -> Iterable[tuple[str, Deduction]]:
    for part, cut in figures.parts.items():
        yield f"part-{part}", cut
    yield LineCode.UNLISTED.value, figures.unlisted
    yield LineCode.AT_RISK.value, figures.at_risk
    yield LineCode.RESTRICTED.value, figures.restricted


def _out_of_order(figures: PriceFigures) -> Iterable[Problem]:
    grades = [grade for grade in GRADES_BEST_FIRST if grade in figures.base_yen]
    for better, worse in pairwise(grades):
        if figures.base_yen[better] < figures.base_yen[worse]:
            yield Blocker(Code.BASE_ORDER, {"better": better.value, "worse": worse.value})
    order = (
        (Verdict.UNLISTED, figures.unlisted),
        (Verdict.AT_RISK, figures.at_risk),
        (Verdict.RED, figures.restricted),
    )
    for grade in grades:
        base = figures.base_yen[grade]
        for (better_mark, less), (worse_mark, more) in pairwise(order):
            if _hundredths(less, base) > _hundredths(more, base):
                params = {"better": better_mark.value, "worse": worse_mark.value}
                yield Blocker(Code.VERDICT_ORDER, params | {"grade": grade.value})
    if figures.parts_yen > figures.floor_yen:
        yen = {"parts": figures.parts_yen, "floor": figures.floor_yen}
        yield Blocker(Code.PARTS_ABOVE_RESALE, yen)
    lowest = min(figures.base_yen.values(), default=figures.floor_yen)
    if figures.floor_yen > lowest:
        yield Blocker(Code.FLOOR_ABOVE_BASE, {"floor": figures.floor_yen, "base": lowest})
    if figures.ceiling_yen is not None and figures.floor_yen > figures.ceiling_yen:
        yen = {"floor": figures.floor_yen, "ceiling": figures.ceiling_yen}
        yield Blocker(Code.FLOOR_ABOVE_CEILING, yen)
