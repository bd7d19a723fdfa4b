"""The price book on a page: what is paid for which variant and grade, and what comes off."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from buyback.inspection.questions import Part
from buyback.inspection.wording import PARTS
from buyback.pricing.models import BasePrice, PartDeduction, PriceBook
from buyback.pricing.queries import book_on
from inventory.catalogue.models import Maker, Variant
from inventory.units.policy import Grade
from shop.formats import yen

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One variant with (grade, base price) for each grade, None where the book has none."""

    variant: Variant
    cells: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class MakerPrices:
    """The variants of one maker."""

    maker: Maker
    rows: tuple[PriceRow, ...]

    @property
    def all_samples(self) -> bool:
        """Tell whether nobody has verified any of these variants."""
        return all(row.variant.is_sample for row in self.rows)


@dataclass(frozen=True, slots=True)
class BookScreen:
    """The book in force with everything in it, and the books that begin later."""

    book: PriceBook | None
    upcoming: tuple[PriceBook, ...]
    grades: tuple[str, ...]
    makers: tuple[MakerPrices, ...]
    deductions: tuple[tuple["Lazy", int], ...]
    figures: tuple[tuple[str, str], ...]


def book_screen(*, today: date) -> BookScreen:
    """Return the book of `today`. At most four queries, whatever its size."""
    book = book_on(today)
    return BookScreen(
        book=book,
        upcoming=tuple(PriceBook.objects.filter(valid_from__gt=today).order_by("valid_from")),
        grades=tuple(grade.value for grade in Grade),
        makers=_makers(book) if book else (),
        deductions=_deductions(book) if book else (),
        figures=_figures(book) if book else (),
    )


def _makers(book: PriceBook) -> tuple[MakerPrices, ...]:
    found: dict[Variant, dict[str, int]] = {}
    prices = BasePrice.objects.filter(book=book).select_related("variant__model__maker")
    for price in prices.order_by(
        "variant__model__maker__code", "variant__model__code", "variant__storage_gb"
    ):
        found.setdefault(price.variant, {})[price.grade] = price.yen
    rows = (
        PriceRow(variant, tuple((grade.value, yen_of.get(grade.value)) for grade in Grade))
        for variant, yen_of in found.items()
    )
    return tuple(
        MakerPrices(maker, tuple(group))
        for maker, group in groupby(rows, key=lambda row: row.variant.model.maker)
    )


def _deductions(book: PriceBook) -> tuple[tuple["Lazy", int], ...]:
    found = PartDeduction.objects.filter(book=book)
    percents = {row.part: row.percent for row in found}
    return tuple((PARTS[part], percents[part]) for part in Part if part in percents)


def _figures(book: PriceBook) -> tuple[tuple[str, str], ...]:
    def percent(value: int) -> str:
        return f"{value}%"

    return (
        (_("△ takes off, of the base price"), percent(book.at_risk_percent)),
        (_("Sold abroad, of the base price"), percent(book.overseas_percent)),
        (_("Sold as Wi-Fi only, of the base price"), percent(book.wifi_only_percent)),
        (_("For parts, of the price of grade J"), percent(book.parts_percent)),
        (_("Rounded to"), yen(book.rounding_yen)),
        (_("Lowest price of a phone that is resold"), yen(book.floor_yen)),
    )
