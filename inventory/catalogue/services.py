"""Filling the catalogue: the sample rows (見本) a new shop may start with.

Every row made here stays marked 見本 (`verified_on` empty) until a person has looked at it.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from inventory.catalogue.models import DeviceModel, Maker, Variant

SAMPLE = Path(__file__).with_name("sample.csv")


def sample_rows() -> Iterator[dict[str, str]]:
    """Yield the rows of `sample.csv`: maker, model and variant with their codes, storage in GB."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def load_sample_catalogue() -> tuple[Variant, ...]:
    """Make the variants of `sample.csv` that are not there yet and return all of them, in order.

    May be called again: what stands already, verified or not, is left as it is.
    """
    variants = []
    for row in sample_rows():
        maker, _new = Maker.objects.get_or_create(
            code=row["maker_code"],
            defaults={"name_ja": row["maker_ja"], "name_en": row["maker_en"]},
        )
        model, _new = DeviceModel.objects.get_or_create(
            code=row["model_code"],
            defaults={"maker": maker, "name": row["model_name"], "kind": row["kind"]},
        )
        variant, _new = Variant.objects.get_or_create(
            code=row["variant_code"],
            defaults={"model": model, "storage_gb": int(row["storage_gb"])},
        )
        variants.append(variant)
    return tuple(variants)
