"""The police ledger's rules: the form's columns, the chain of hashes, terms of keeping.

An entry's hash covers the hash before it and every field of the entry, so that a change, a
removal or an insertion anywhere breaks the chain from there on. The other party enters the hash
only as a salted digest: its row may be deleted after its term and the chain still verifies, and
with the salt gone the digest tells nothing (古物営業法16条, 18条; form: 別記様式第15号).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from shop.paper.documents import LEDGER_COLUMNS

LEGAL_KEEP_YEARS = 3
"""Electronic entries stay for 3 years from each record (古物営業法18条); tax wants 7."""

BOUGHT = "買受け"
"""The form's word in its column 2 for what a shop buys, in Japanese on every page."""

FORM_COLUMNS: tuple[str, ...] = LEDGER_COLUMNS
"""Columns 1–10 (受入れ) and 11–14 (払出し) of the form in its order; then what is not on the form:
price and 古物商特例 for the tax rule, and the number of our line (law.md §2.3)."""


@dataclass(frozen=True, slots=True)
class Party:
    """The person dealt with, as 法16条4号 wants it; `age` in years on the day of the deal."""

    name: str
    address: str
    occupation: str
    age: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Every field of one line that the chain protects. `strikes_out` is the id of that line."""

    store_id: int
    seq: int
    kind: str
    dealt_on: date
    written_at: datetime
    manner: str
    item_kind: str
    feature: str
    quantity: int
    method: str
    price_yen: int
    kobutsu_special: bool
    unit_code: str
    reference: str
    strikes_out: int | None
    written_by: int
    writer_name: str
    party_digest: str


@dataclass(frozen=True, slots=True)
class Link:
    """One stored line with its hashes, and its party with the salt while that still stands."""

    entry: Entry
    previous_hash: str
    entry_hash: str
    party: Party | None
    salt: str


class BreakCode(StrEnum):
    """What is wrong at the first broken line."""

    MISSING_LINE = "missing-line"
    """The line that should come here is not there."""
    BROKEN_LINK = "broken-link"
    """The line does not name the hash of the line before it."""
    CHANGED_LINE = "changed-line"
    """The line's fields no longer give its hash."""
    CHANGED_PARTY = "changed-party"
    """The party's row no longer gives the digest in the line."""
    PARTY_GONE_EARLY = "party-gone-early"
    """The party's row is gone although the law's term has not passed."""
    HEAD_DIFFERS = "head-differs"
    """The lines end elsewhere than the head of the chain says."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken line: its number in the store's ledger and what is wrong."""

    seq: int
    code: BreakCode


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a walk over the chain came: lines read, hash of the last, the first break or None."""

    lines: int
    last_hash: str
    broken: Break | None


def canonical_bytes(entry: Entry) -> bytes:
    """Return the entry as canonical JSON in UTF-8: sorted keys, ISO dates, the time in UTC."""
    fields = asdict(entry)
    fields["dealt_on"] = entry.dealt_on.isoformat()
    fields["written_at"] = entry.written_at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def entry_hash(previous_hash: str, entry: Entry) -> str:
    """Return the hash of `entry` after the line with `previous_hash` ("" for the first line).

    SHA-256 as 64 hex digits.
    """
    return hashlib.sha256(
        previous_hash.encode("ascii") + b"\n" + canonical_bytes(entry)
    ).hexdigest()


def party_digest(party: Party, salt: str) -> str:
    """Return the digest that stands for `party` in its line: HMAC-SHA-256 under `salt`, hex."""
    text = json.dumps(asdict(party), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(salt.encode("ascii"), text.encode(), hashlib.sha256).hexdigest()


def years_after(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 1 March, never a day too early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def purge_day(dealt_on: date, keep_years: int) -> date:
    """Return the first day on which the party may be deleted.

    Raises `ValueError` for fewer years than the law's term.
    """
    if keep_years < LEGAL_KEEP_YEARS:
        raise ValueError(f"A party is kept for {LEGAL_KEEP_YEARS} years at least.")
    return years_after(dealt_on, keep_years)


def walk(links: Iterable[Link], *, today: date) -> Walk:
    """Read a store's lines in order and stop at the first that is broken.

    `links` may be a stream; nothing is kept but the last hash. `today` tells whether a missing
    party may be missing by law.
    """
    lines, last_hash = 0, ""
    for link in links:
        broken = _broken(link, expected=lines + 1, last_hash=last_hash, today=today)
        if broken is not None:
            return Walk(lines, last_hash, broken)
        lines, last_hash = lines + 1, link.entry_hash
    return Walk(lines, last_hash, None)


def _broken(link: Link, *, expected: int, last_hash: str, today: date) -> Break | None:
    entry = link.entry
    if entry.seq != expected:
        return Break(expected, BreakCode.MISSING_LINE)
    if link.previous_hash != last_hash:
        return Break(entry.seq, BreakCode.BROKEN_LINK)
    if entry_hash(last_hash, entry) != link.entry_hash:
        return Break(entry.seq, BreakCode.CHANGED_LINE)
    if not entry.party_digest:
        return None
    if link.party is None:
        early = today < years_after(entry.dealt_on, LEGAL_KEEP_YEARS)
        return Break(entry.seq, BreakCode.PARTY_GONE_EARLY) if early else None
    if party_digest(link.party, link.salt) != entry.party_digest:
        return Break(entry.seq, BreakCode.CHANGED_PARTY)
    return None


def feature_text(
    *, heading: str, colour: str, imei1: str, imei2: str, serial: str, notes: Iterable[str] = ()
) -> str:
    """Return column 4 (特徴) of a phone: model, colour, IMEIs, serial number, then notes.

    At most 300 characters, the size of the column; notes are cut, identifiers never.
    """
    parts = [
        heading,
        colour,
        f"IMEI {imei1}",
        imei2 and f"IMEI2 {imei2}",
        serial and f"S/N {serial}",
    ]
    return " / ".join(part for part in (*parts, *notes) if part)[:300]
