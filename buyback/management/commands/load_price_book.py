"""Load a price book from files; without files, the sample book (見本)."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from buyback.pricing.books import (
    load_book,
    load_sample_book,
    read_figures,
    read_prices,
)
from buyback.pricing.models import PriceBook


class Command(BaseCommand):
    """`manage.py load_price_book [PRICES.csv --figures FIGURES.toml] [--valid-from DAY]`."""

    help = (
        "Load dated prices. PRICES is a CSV file (variant_code,S,A,B,C,J in yen); without it the"
        " sample book is loaded, which binds nobody and is marked as a sample."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, the first day and the name."""
        parser.add_argument("prices", nargs="?", type=Path)
        parser.add_argument("--figures", type=Path, default=None)
        parser.add_argument("--valid-from", type=date.fromisoformat, default=None)
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the book and say what was written; a refused book changes nothing."""
        day: date = options["valid_from"] or timezone.localdate()
        try:
            book = self._load(options, day)
        except (ValidationError, OSError) as error:
            said = error.messages if isinstance(error, ValidationError) else [str(error)]
            raise CommandError("\n".join(said)) from error
        count = book.base_prices.values("variant").distinct().count()
        self.stdout.write(f"{book.name}: {count} variants from {book.valid_from}")

    def _load(self, options: dict[str, Any], day: date) -> PriceBook:
        prices: Path | None = options["prices"]
        if prices is None:
            return load_sample_book(valid_from=day, actor=None)
        if options["figures"] is None:
            raise CommandError("A price book of your own needs its --figures file beside it.")
        return load_book(
            name=options["name"] or prices.stem,
            valid_from=day,
            is_sample=False,
            figures=read_figures(options["figures"]),
            prices=read_prices(prices),
            actor=None,
        )
