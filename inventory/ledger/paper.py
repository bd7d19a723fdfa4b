"""The ledger on paper: what `ledger.typ` prints (法18条: at once, on paper, at the store)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast

from django.utils import timezone
from django.utils.translation import get_language, gettext

from inventory.ledger.policy import FORM_COLUMNS
from inventory.ledger.queries import FormRow
from inventory.ledger.wording import APPLIES, COLUMN, GROUP
from shop.paper.documents import Lang, LedgerData, LedgerGroups, LedgerRow
from shop.paper.glyphs import missing_glyphs
from shop.people.models import Store

GETA = "〓"
"""The printer's mark for a character the fonts do not have: the page must print in any case."""


def ledger_data(
    *,
    store: Store,
    first: date,
    last: date,
    rows: Sequence[FormRow],
    head_hash: str,
    printed_at: datetime,
    printed_by: str,
    sample: bool,
) -> LedgerData:
    """Return the document for the days `first` to `last` in the active language."""
    company = store.company
    stamp = timezone.localtime(printed_at).strftime("%Y-%m-%d %H:%M")
    notes = [
        gettext("Printed on %(at)s by %(who)s.") % {"at": stamp, "who": printed_by},
        gettext("Last hash of the chain: %(hash)s") % {"hash": head_hash or "-"},
    ]
    printed = [_row(row) for row in rows]
    if any(GETA in cell for row in printed for cell in row["cells"]):
        notes.append(
            gettext("%(mark)s stands for a character that cannot be printed.") % {"mark": GETA}
        )
    return LedgerData(
        lang=_lang(),
        title=gettext("Ledger of second-hand goods"),
        sample=gettext("Sample") if sample else "",
        meta=[
            {"label": gettext("Name on the permit"), "value": company.name},
            {
                "label": gettext("Permit number"),
                "value": f"{company.commission} {company.permit_number}",
            },
            {"label": gettext("Store"), "value": store.name},
            {"label": gettext("Period"), "value": f"{first.isoformat()} – {last.isoformat()}"},
        ],
        groups=cast("LedgerGroups", {name: str(label) for name, label in GROUP.items()}),
        headings=[str(COLUMN[name]) for name in FORM_COLUMNS],
        rows=printed,
        empty=gettext("Nothing was dealt in during this period."),
        notes=notes,
        footer={"left": f"{company.name} {store.name}", "fingerprint": head_hash[:16]},
    )


def _lang() -> Lang:
    return "en" if get_language() == "en" else "ja"


def _row(row: FormRow) -> LedgerRow:
    return {"cells": [printable(cell) for cell in shown_cells(row)], "struck": row.struck}


def shown_cells(row: FormRow) -> list[str]:
    """Return the 17 cells of `policy.FORM_COLUMNS` as a person reads them; empty where unknown."""
    plain = ["" if value is None else str(value) for value in row[:14]]
    applies = str(APPLIES) if row.special_rule else ""
    return [*plain, f"{row.price:,}", applies, str(row.entry_number)]


def printable(text: str) -> str:
    """Return `text` with every character that our fonts do not draw replaced by `GETA`."""
    for char in missing_glyphs(text):
        text = text.replace(char, GETA)
    return text
