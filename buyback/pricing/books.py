"""Price books as files: reading them, and writing one as rows after the rules have passed it.

A book is two files: a table of base prices (CSV: `variant_code,S,A,B,C,J` in yen) and the figures
that hold for all variants (TOML: percentages of the base, rounding, floor, one entry per part).
The sample book (見本) shows the form; its prices are inventions and bind nobody.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from buyback.inspection.questions import Part
from buyback.pricing.models import BasePrice, PartDeduction, PriceBook
from buyback.pricing.policy import Percent, figures_problems
from buyback.pricing.queries import figures_of_book
from inventory.catalogue.models import Variant
from inventory.units.policy import Grade

SAMPLE_PRICES = Path(__file__).with_name("sample_book.csv")
SAMPLE_FIGURES = Path(__file__).with_name("sample_figures.toml")
SAMPLE_NAME = "見本 / Sample"


@dataclass(frozen=True, slots=True)
class BookFigures:
    """What holds for all variants: whole percentages of the base price, and yen."""

    at_risk_percent: int
    overseas_percent: int
    wifi_only_percent: int
    parts_percent: int
    rounding_yen: int
    floor_yen: int
    deductions: Mapping[Part, int]


Prices = Mapping[str, Mapping[Grade, int]]
"""Variant code → grade → yen."""


def read_prices(path: Path) -> Prices:
    """Return the base prices of a CSV file.

    Raises `ValidationError` (`bad-file`) naming the line that holds no whole yen for every grade.
    """
    prices: dict[str, dict[Grade, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                prices[row["variant_code"]] = {grade: int(row[grade]) for grade in Grade}
            except (KeyError, TypeError, ValueError) as error:
                raise _bad_file(path, f"line {reader.line_num}") from error
    return prices


def read_figures(path: Path) -> BookFigures:
    """Return the figures of a TOML file. Raises `ValidationError` (`bad-file`)."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = {Part(part): int(percent) for part, percent in table["deductions"].items()}
        return BookFigures(**{key: int(table[key]) for key in _NUMBERS}, deductions=parts)
    except (KeyError, TypeError, ValueError) as error:
        raise _bad_file(path, str(error)) from error


_NUMBERS = (
    "at_risk_percent",
    "overseas_percent",
    "wifi_only_percent",
    "parts_percent",
    "rounding_yen",
    "floor_yen",
)


def load_book(
    *,
    name: str,
    valid_from: date,
    is_sample: bool,
    figures: BookFigures,
    prices: Prices,
    actor: User | None,
) -> PriceBook:
    """Write a price book that holds from `valid_from` on, and return it.

    Every variant's figures must keep the rules of `figures_problems` (never more for worse).
    Raises `ValidationError`: `day-taken`, `unknown-variant`, `book-refused` (a line per problem).
    """
    if PriceBook.objects.filter(valid_from=valid_from).exists():
        raise ValidationError(_("A price book already begins on that day."), code="day-taken")
    variants = {variant.code: variant for variant in Variant.objects.filter(code__in=prices)}
    if unknown := sorted(prices.keys() - variants.keys()):
        raise ValidationError(
            _("The catalogue does not know: %(codes)s"),
            code="unknown-variant",
            params={"codes": ", ".join(unknown)},
        )
    book = PriceBook(
        name=name,
        valid_from=valid_from,
        is_sample=is_sample,
        made_by=actor,
        **{key: getattr(figures, key) for key in _NUMBERS},
    )
    _refuse_wrong(book, figures, prices)
    return _write(book, figures, prices, variants)


def load_sample_book(*, valid_from: date, actor: User | None) -> PriceBook:
    """Write the sample book (見本) for `valid_from`, or return the book that begins on that day.

    The catalogue's sample rows must be there. May be called again.
    """
    found = PriceBook.objects.filter(valid_from=valid_from).first()
    return found or load_book(
        name=SAMPLE_NAME,
        valid_from=valid_from,
        is_sample=True,
        figures=read_figures(SAMPLE_FIGURES),
        prices=read_prices(SAMPLE_PRICES),
        actor=actor,
    )


def _refuse_wrong(book: PriceBook, figures: BookFigures, prices: Prices) -> None:
    cuts = {part: Percent(percent) for part, percent in figures.deductions.items()}
    wrong = [
        ValidationError(f"{code}: {problem.code} {dict(problem.params)}")
        for code, base in prices.items()
        for problem in figures_problems(figures_of_book(book, base, cuts))
    ]
    if wrong:
        error = ValidationError(wrong)
        error.code = "book-refused"
        raise error


@transaction.atomic
def _write(
    book: PriceBook, figures: BookFigures, prices: Prices, variants: Mapping[str, Variant]
) -> PriceBook:
    book.save(force_insert=True)
    PartDeduction.objects.bulk_create(
        PartDeduction(book=book, part=part, percent=percent)
        for part, percent in figures.deductions.items()
    )
    BasePrice.objects.bulk_create(
        BasePrice(book=book, variant=variants[code], grade=grade, yen=yen)
        for code, base in prices.items()
        for grade, yen in base.items()
    )
    return book


def _bad_file(path: Path, what: str) -> ValidationError:
    return ValidationError(
        _("%(file)s cannot be read as a price book: %(what)s"),
        code="bad-file",
        params={"file": path.name, "what": what},
    )
