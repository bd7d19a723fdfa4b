"""Reading the catalogue."""

from django.db.models import QuerySet

from inventory.catalogue.models import Variant


def variants() -> QuerySet[Variant]:
    """Return all variants with model and maker, in the order a list shows them.

    Maker, then model by its code, then storage; two joins, no further query per row.
    """
    return Variant.objects.select_related("model__maker").order_by(
        "model__maker__code", "model__code", "storage_gb"
    )
