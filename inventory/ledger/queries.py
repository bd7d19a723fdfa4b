"""Reading the ledger: a range of days as rows of the form, and the walk that verifies the chain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Exists,
    F,
    Field,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from inventory.ledger.models import EntryKind, LedgerEntry, LedgerHead, LedgerParty
from inventory.ledger.policy import Break, BreakCode, Entry, Link, Party, walk
from shop.people.models import Store

CHUNK = 2000
"""Lines that are in memory at once, whatever the length of the ledger."""


class FormRow(NamedTuple):
    """One device in the columns of `policy.FORM_COLUMNS`, then what only our own pages show.

    Dates stay dates, yen and counts stay numbers; a party that was purged after its term, or a
    device not handed over yet, gives None. `struck` means the receipt was struck out later. A
    named tuple, because an export makes a million of them.
    """

    received_on: date
    received_kind: str
    article: str
    features: str
    quantity: int
    identity_method: str
    party_address: str | None
    party_name: str | None
    party_occupation: str | None
    party_age: int | None
    issued_on: date | None
    issued_kind: str | None
    issued_address: str | None
    issued_name: str | None
    price: int
    special_rule: bool
    entry_number: int
    struck: bool
    unit_code: str
    reference: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a walk over a store's ledger found: lines read and the first broken line, if any."""

    store: Store
    lines: int
    head_hash: str
    broken: Break | None


Receipt = tuple[Any, ...]
"""The columns of a receipt as `receipts` reads them: 10 of the form, 6 of ours."""

_RECEIPT_FIELDS = (
    "dealt_on",
    "manner",
    "item_kind",
    "feature",
    "quantity",
    "method",
    "party__address",
    "party__name",
    "party__occupation",
    "party__age",
    "price_yen",
    "kobutsu_special",
    "seq",
    "unit_code",
    "reference",
    "pk",
)
_ISSUE_FIELDS = ("dealt_on", "manner", "party__address", "party__name")
_NOT_ISSUED = (None, None, None, None)


def receipts(store: Store, *, first: date, last: date) -> "QuerySet[LedgerEntry, Receipt]":
    """Return the 受入れ lines of the store from `first` to `last` (both included), oldest first."""
    return (
        LedgerEntry.objects.filter(store=store, kind=EntryKind.RECEIVE)
        .filter(dealt_on__gte=first, dealt_on__lte=last)
        .order_by("dealt_on", "seq")
        .values_list(*_RECEIPT_FIELDS)
    )


def receipts_of_unit(unit_code: str) -> "QuerySet[LedgerEntry, Receipt]":
    """Return the 受入れ lines of one unit (there is one at most)."""
    found = LedgerEntry.objects.filter(unit_code=unit_code, kind=EntryKind.RECEIVE)
    return found.order_by("seq").values_list(*_RECEIPT_FIELDS)


def form_rows(found: Iterable[Receipt]) -> list[FormRow]:
    """Join receipts (a page or a chunk of them) with their hand-overs and strike-outs.

    Two queries however many rows. A device handed over twice shows its newest hand-over.
    """
    rows = list(found)
    issues = LedgerEntry.objects.filter(
        _any_of("unit_code", [row[13] for row in rows], CharField()), kind=EntryKind.HAND_OVER
    )
    issued = {
        row[0]: row[1:]
        for row in issues.filter(~Exists(_strikes().filter(strikes_out=OuterRef("pk"))))
        .order_by("pk")
        .values_list("unit_code", *_ISSUE_FIELDS)
    }
    strikes = _strikes().filter(
        _any_of("strikes_out_id", [row[15] for row in rows], BigIntegerField())
    )
    struck = set(strikes.values_list("strikes_out_id", flat=True))
    return [
        FormRow._make(
            (*r[:10], *issued.get(r[13], _NOT_ISSUED), *r[10:13], r[15] in struck, *r[13:15])
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some rows, oldest first, and the cursor to go on with (None at the end)."""

    rows: list[FormRow]
    following: str | None


def page_of_receipts(
    found: "QuerySet[LedgerEntry, Receipt]", *, size: int, after: str
) -> LedgerPage:
    """Return up to `size` rows after the cursor `after` (`2026-11-23_17`: day and line).

    A cursor that cannot be read gives the first page. By key, so that any page costs the same.
    """
    day, _, line = after.partition("_")
    if line.isascii() and line.isdecimal() and len(line) < 19 and (begin := _day(day)):
        # `>=` and then the tie: an index can begin there, which it cannot at an OR.
        found = found.filter(Q(dealt_on__gt=begin) | Q(seq__gt=int(line)), dealt_on__gte=begin)
    rows = list(found[: size + 1])
    following = (
        f"{rows[size - 1][0].isoformat()}_{rows[size - 1][12]}" if len(rows) > size else None
    )
    return LedgerPage(form_rows(rows[:size]), following)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def head_hash(store: Store) -> str:
    """Return the hash at the end of the store's chain, empty before the first line."""
    head = LedgerHead.objects.filter(store=store).first()
    return head.entry_hash if head else ""


def _any_of(column: str, values: list[Any], field: "Field[Any, Any]") -> Func:
    """Return `column = ANY(values)`: one parameter, where `__in` would write out each of 2000."""
    array = Value(values, output_field=ArrayField(field))
    return Func(
        F(column),
        array,
        arg_joiner=" = ANY(",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )


def _strikes() -> QuerySet[LedgerEntry]:
    """Return the lines that strike out another: few, and the only ones with `strikes_out`."""
    return LedgerEntry.objects.filter(strikes_out__isnull=False)


def stream_rows(found: "QuerySet[LedgerEntry, Receipt]") -> Iterator[FormRow]:
    """Yield the rows of a whole range with flat memory: a cursor in the database, in chunks."""
    rows = found.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield from form_rows(chunk)


def as_entry(row: LedgerEntry) -> Entry:
    """Return the fields of a stored (or about to be stored) line that the chain protects."""
    return Entry(
        store_id=row.store_id,
        seq=row.seq,
        kind=str(row.kind),
        dealt_on=row.dealt_on,
        written_at=row.written_at,
        manner=row.manner,
        item_kind=row.item_kind,
        feature=row.feature,
        quantity=row.quantity,
        method=row.method,
        price_yen=row.price_yen,
        kobutsu_special=row.kobutsu_special,
        unit_code=row.unit_code,
        reference=row.reference,
        strikes_out=row.strikes_out_id,
        written_by=row.written_by_id,
        writer_name=row.writer_name,
        party_digest=row.party_digest,
    )


def _link(row: LedgerEntry) -> Link:
    party: LedgerParty | None = getattr(row, "party", None)  # None where it was purged
    if party is None:
        return Link(as_entry(row), row.previous_hash, row.entry_hash, None, "")
    plain = Party(party.name, party.address, party.occupation, party.age)
    return Link(as_entry(row), row.previous_hash, row.entry_hash, plain, party.salt)


def verify(store: Store, *, today: date) -> VerifyReport:
    """Walk the store's whole chain and report the first broken line. Memory stays flat.

    Lines written while the walk runs are left for the next one: the longest line number is read
    before the head, and the head names where the walk must end.
    """
    entries = LedgerEntry.objects.filter(store=store)
    longest = entries.aggregate(Max("seq"))["seq__max"] or 0
    head = LedgerHead.objects.filter(store=store).first() or LedgerHead(store=store)
    rows = entries.filter(seq__lte=head.seq).select_related("party").order_by("seq")
    walked = walk((_link(row) for row in rows.iterator(chunk_size=CHUNK)), today=today)
    broken = walked.broken
    if broken is None and walked.lines < head.seq:
        broken = Break(walked.lines + 1, BreakCode.MISSING_LINE)
    if broken is None and (walked.last_hash != head.entry_hash or longest > head.seq):
        broken = Break(head.seq + 1 if longest > head.seq else head.seq, BreakCode.HEAD_DIFFERS)
    return VerifyReport(store, walked.lines, head.entry_hash, broken)
