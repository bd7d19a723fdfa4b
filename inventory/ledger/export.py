"""The ledger as CSV: UTF-8 with BOM (Excel), CRLF, the form's columns, safe cells, flat memory."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from inventory.ledger.queries import FormRow

BOM = "\ufeff"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that a spreadsheet may take for a formula (operations.md §5.2), the full-width
ones too: a Japanese Excel folds them."""
LINES_AT_ONCE = 2000


def safe_cell(value: object) -> str:
    """Return `value` as text that no spreadsheet runs: a dangerous beginning gets an apostrophe.

    None is empty; dates are ISO; line breaks inside become spaces.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        text = f"'{value}" if value.startswith(DANGEROUS) else value
        return text if text.isprintable() else text.replace("\r", " ").replace("\n", " ")
    return value.isoformat() if isinstance(value, date) else str(value)


def csv_chunks(
    rows: Iterable[FormRow], *, headings: Sequence[str], applies: str, struck: str
) -> Iterator[bytes]:
    """Yield the file in pieces: one row of headings, then one line per device.

    `headings`: one per column of `policy.FORM_COLUMNS` and one for “struck out”; `applies` and
    `struck` are what stands in those two columns where they hold.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([safe_cell(heading) for heading in headings])
    stream = iter(rows)
    while chunk := list(islice(stream, LINES_AT_ONCE)):
        writer.writerows(_cells(row, applies, struck) for row in chunk)
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _cells(row: FormRow, applies: str, struck: str) -> list[str]:
    cells = [safe_cell(value) for value in row[:15]]
    cells.append(applies if row.special_rule else "")
    cells.append(str(row.entry_number))
    cells.append(struck if row.struck else "")
    return cells
