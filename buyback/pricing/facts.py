"""What a quote is made from, as plain values that are stored, fingerprinted and replayed.

The facts of the phone are those of the moment; the figures and the store's terms are kept beside
them, so that an old quote is recomputed to the yen without today's tables.
"""

from collections.abc import Mapping
from typing import cast

from buyback.inspection.policy import Decision, Facts, Remedy
from buyback.inspection.questions import QUESTIONS_VERSION, Fault, Part
from buyback.inspection.terms import Terms
from buyback.pricing.policy import (
    RULES,
    Deduction,
    Percent,
    PriceFacts,
    PriceFigures,
    QuoteLines,
    Yen,
)
from carriers.checks.policy import AskedLookup, Verdict
from inventory.units.policy import Channel, Disposition, Grade
from shop.fingerprint import Json

Stored = Mapping[str, Json]


def marks_of(lookups: tuple[AskedLookup, ...]) -> dict[str, Json]:
    """Return what each network says, as `network/IMEI slot` → mark (empty: no answer).

    Which lookup said it does not count: asked again with the same answer, the phone is the same.
    """
    return {
        f"{look.network}/{look.imei_slot}": look.mark.value if look.mark else ""
        for look in sorted(lookups, key=lambda look: (look.network, look.imei_slot))
    }


def quote_facts(
    *,
    imeis: tuple[str, str],
    variant_code: str,
    marks: Stored,
    given: Mapping[str, str],
    faults: frozenset[Fault],
    facts: Facts,
    decision: Decision,
    terms: Terms,
    figures: PriceFigures,
    rule: str,
) -> dict[str, Json]:
    """Return everything a quote depends on, as plain values."""
    return {
        "imei1": imeis[0],
        "imei2": imeis[1],
        "variant": variant_code,
        "marks": dict(marks),
        "verdict": facts.verdict.value,
        "questions": QUESTIONS_VERSION,
        "answers": dict(given),
        "faults": sorted(faults),
        "grade": facts.grade.value,
        "disposition": decision.disposition.value if decision.disposition else "",
        "channels": sorted(decision.channels),
        "terms": terms.as_json(),
        "figures": figures_as_json(figures),
        "rule": rule,
    }


def figures_as_json(figures: PriceFigures) -> dict[str, Json]:
    """Return the figures of a book for one variant as plain values (yen and percent)."""
    return {
        "book": figures.book_id,
        "base": {grade.value: yen for grade, yen in figures.base_yen.items()},
        "parts": {part.value: _cut_as_json(cut) for part, cut in figures.parts.items()},
        "unlisted": _cut_as_json(figures.unlisted),
        "at_risk": _cut_as_json(figures.at_risk),
        "restricted": _cut_as_json(figures.restricted),
        "channels": {ch.value: percent for ch, percent in figures.channel_percent.items()},
        "parts_yen": figures.parts_yen,
        "rounding_yen": figures.rounding_yen,
        "floor_yen": figures.floor_yen,
        "ceiling_yen": figures.ceiling_yen,
    }


def figures_from_json(stored: Stored) -> PriceFigures:
    """Return the figures that `figures_as_json` wrote."""
    base = cast("Mapping[str, int]", stored["base"])
    parts = cast("Mapping[str, Mapping[str, int]]", stored["parts"])
    channels = cast("Mapping[str, int]", stored["channels"])
    return PriceFigures(
        book_id=cast("str", stored["book"]),
        base_yen={Grade(grade): yen for grade, yen in base.items()},
        parts={Part(part): _cut_from_json(cut) for part, cut in parts.items()},
        unlisted=_cut_from_json(cast("Mapping[str, int]", stored["unlisted"])),
        at_risk=_cut_from_json(cast("Mapping[str, int]", stored["at_risk"])),
        restricted=_cut_from_json(cast("Mapping[str, int]", stored["restricted"])),
        channel_percent={Channel(name): percent for name, percent in channels.items()},
        parts_yen=cast("int", stored["parts_yen"]),
        rounding_yen=cast("int", stored["rounding_yen"]),
        floor_yen=cast("int", stored["floor_yen"]),
        ceiling_yen=cast("int | None", stored["ceiling_yen"]),
    )


def terms_of(stored: Stored) -> Terms:
    """Return the store's terms under which a quote was made."""
    return Terms.from_json(cast("Stored", stored["terms"]))


def figures_of(stored: Stored) -> PriceFigures:
    """Return the figures a quote was made from."""
    return figures_from_json(cast("Stored", stored["figures"]))


def replayed(stored: Stored) -> QuoteLines:
    """Return the lines of a stored quote, computed again by the rule version it names.

    Raises `buyback.pricing.policy.NoPrice` where the facts carry no price.
    """
    disposition = cast("str", stored["disposition"])
    facts = PriceFacts(
        disposition=Disposition(disposition) if disposition else None,
        channels=frozenset(Channel(name) for name in cast("list[str]", stored["channels"])),
        grade=Grade(cast("str", stored["grade"])),
        verdict=Verdict(cast("str", stored["verdict"])),
        faults=frozenset(Fault(name) for name in cast("list[str]", stored["faults"])),
    )
    return RULES[cast("str", stored["rule"])](facts, figures_of(stored))


def lines_as_json(lines: QuoteLines) -> list[dict[str, Json]]:
    """Return the lines as they are stored: `[{code, params, yen}, …]`."""
    return [
        {"code": line.code.value, "params": dict(line.params), "yen": line.yen}
        for line in lines.lines
    ]


def remedies_as_json(remedies: tuple[tuple[Remedy, int], ...]) -> list[dict[str, Json]]:
    """Return remedies with their yen as plain values."""
    return [{"code": remedy.value, "yen": yen} for remedy, yen in remedies]


def _cut_as_json(cut: Deduction) -> dict[str, Json]:
    return {"yen": cut.yen} if isinstance(cut, Yen) else {"percent": cut.percent}


def _cut_from_json(stored: Mapping[str, int]) -> Deduction:
    return Yen(stored["yen"]) if "yen" in stored else Percent(stored["percent"])
