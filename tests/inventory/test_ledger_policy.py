"""The chain's arithmetic, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from inventory.ledger.policy import (
    FORM_COLUMNS,
    BreakCode,
    Entry,
    Link,
    Party,
    canonical_bytes,
    entry_hash,
    feature_text,
    party_digest,
    purge_day,
    walk,
)
from shop.paper.documents import LEDGER_COLUMNS

PARTY = Party("見本 太郎", "東京都渋谷区1-1", "会社員", 34)
TODAY = date(2026, 11, 23)


def entry(seq: int, *, salt: str = "aa") -> Entry:
    return Entry(
        store_id=1,
        seq=seq,
        kind="receive",
        dealt_on=date(2026, 11, 1),
        written_at=datetime(2026, 11, 1, 3, 4, 5, 6, tzinfo=UTC),
        manner="買受け",
        item_kind="携帯電話",
        feature="iPhone 13 128GB",
        quantity=1,
        method="1号 運転免許証の提示",
        price_yen=30000,
        kobutsu_special=True,
        unit_code=f"U-S261101-{seq}",
        reference="S-1",
        strikes_out=None,
        written_by=7,
        writer_name="次郎",
        party_digest=party_digest(PARTY, salt),
    )


def chain(count: int) -> list[Link]:
    links: list[Link] = []
    before = ""
    for seq in range(1, count + 1):
        line = entry(seq)
        own = entry_hash(before, line)
        links.append(Link(line, before, own, PARTY, "aa"))
        before = own
    return links


def first_break(links: list[Link], today: date = TODAY) -> tuple[int, BreakCode] | None:
    broken = walk(links, today=today).broken
    return None if broken is None else (broken.seq, broken.code)


def test_an_untouched_chain_verifies() -> None:
    links = chain(5)
    walked = walk(links, today=TODAY)
    assert (walked.lines, walked.last_hash, walked.broken) == (5, links[-1].entry_hash, None)


@pytest.mark.parametrize("field", [f for f in Entry.__dataclass_fields__ if f != "seq"])
def test_every_field_is_covered_by_the_hash(field: str) -> None:
    line = entry(1)
    value = getattr(line, field)
    other: object
    if isinstance(value, datetime | date):
        other = value + timedelta(days=1)
    elif isinstance(value, bool):
        other = not value
    elif isinstance(value, int):
        other = value + 1
    else:
        other = f"{value or ''}1" if field != "strikes_out" else 3
    changed = replace(line, **{field: other})  # type: ignore[arg-type]  # each field in turn
    assert canonical_bytes(changed) != canonical_bytes(line)


def test_the_first_changed_line_is_named_and_not_the_last() -> None:
    links = chain(5)
    for index in (1, 3):
        links[index] = replace(links[index], entry=replace(links[index].entry, price_yen=1))
    assert first_break(links) == (2, BreakCode.CHANGED_LINE)


def test_a_line_forged_with_a_fitting_hash_breaks_at_the_next() -> None:
    links = chain(3)
    forged = replace(links[1].entry, price_yen=1)
    links[1] = replace(
        links[1], entry=forged, entry_hash=entry_hash(links[1].previous_hash, forged)
    )
    assert first_break(links) == (3, BreakCode.BROKEN_LINK)


def test_a_removed_line_is_missed() -> None:
    links = chain(4)
    del links[2]
    assert first_break(links) == (3, BreakCode.MISSING_LINE)


def test_a_changed_party_is_named() -> None:
    links = chain(2)
    links[1] = replace(links[1], party=replace(PARTY, name="見本 次郎"))
    assert first_break(links) == (2, BreakCode.CHANGED_PARTY)


def test_a_party_may_be_gone_after_the_laws_term_only() -> None:
    links = [replace(chain(1)[0], party=None, salt="")]
    assert first_break(links, date(2029, 10, 31)) == (1, BreakCode.PARTY_GONE_EARLY)
    assert first_break(links, date(2029, 11, 1)) is None


def test_the_time_of_writing_counts_as_a_moment_whatever_its_zone() -> None:
    line = entry(1)
    tokyo = replace(
        line, written_at=line.written_at.astimezone(timezone(timedelta(hours=9), "JST"))
    )
    assert canonical_bytes(tokyo) == canonical_bytes(line)


def test_another_salt_gives_another_digest() -> None:
    assert party_digest(PARTY, "aa") != party_digest(PARTY, "ab")


def test_a_party_is_kept_a_day_too_long_rather_than_too_short() -> None:
    assert purge_day(date(2024, 2, 29), 7) == date(2031, 3, 1)
    assert purge_day(date(2026, 11, 23), 3) == date(2029, 11, 23)
    with pytest.raises(ValueError, match="3 years"):
        purge_day(TODAY, 2)


def test_identifiers_of_a_phone_are_never_cut() -> None:
    text = feature_text(
        heading="iPhone 13 128GB",
        colour="黒",
        imei1="004900000000001",
        imei2="004900000000002",
        serial="F1",
        notes=["傷" * 400],
    )
    assert text.startswith(
        "iPhone 13 128GB / 黒 / IMEI 004900000000001 / IMEI2 004900000000002 / S/N F1"
    )
    assert len(text) == 300


def test_the_columns_are_those_of_the_printed_form() -> None:
    assert FORM_COLUMNS == LEDGER_COLUMNS
