"""The stored ledger: chained, closed to the app, and a tamperer with the owner's key is named."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import LiteralString

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from inventory.ledger.models import LedgerEntry, LedgerHead, LedgerParty
from inventory.ledger.policy import BreakCode
from inventory.ledger.queries import verify
from shop.people.models import Store
from tests.cluster import Database
from tests.factories import make_store, make_user
from tests.inventory.owned import make_line


@pytest.fixture
def store(fresh_db: Database) -> Store:
    return make_store(letter="S")


@pytest.fixture
def clerk(store: Store) -> User:
    return make_user()


@pytest.fixture
def owner(fresh_db: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The role that owns the tables, with the triggers of the ledger switched off."""
    with psycopg.connect(fresh_db.owner_url, autocommit=True) as connected:
        for table in ("inventory_ledgerentry", "inventory_ledgerparty"):
            connected.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connected


def found(store: Store) -> tuple[int, BreakCode] | None:
    broken = verify(store, today=timezone.localdate()).broken
    return None if broken is None else (broken.seq, broken.code)


def test_lines_are_numbered_and_chained_per_store(store: Store, clerk: User) -> None:
    umeda = make_store(letter="U")
    lines = [make_line(place, clerk) for place in (store, umeda, store)]
    assert [line.seq for line in lines] == [1, 1, 2]
    assert (lines[0].previous_hash, lines[2].previous_hash) == ("", lines[0].entry_hash)
    assert found(store) is None
    assert verify(umeda, today=timezone.localdate()).lines == 1
    assert LedgerHead.objects.get(store=store).entry_hash == lines[2].entry_hash


@pytest.mark.parametrize(
    ("tampering", "place"),
    [
        ("UPDATE inventory_ledgerentry SET price_yen = 1 WHERE seq = 2", (2, "changed-line")),
        (
            "UPDATE inventory_ledgerentry SET dealt_on = '2020-01-01' WHERE seq = 3",
            (3, "changed-line"),
        ),
        ("UPDATE inventory_ledgerparty SET name = '別人' WHERE age = 34", (1, "changed-party")),
        ("DELETE FROM inventory_ledgerparty", (1, "party-gone-early")),
        (
            "DELETE FROM inventory_ledgerparty USING inventory_ledgerentry e"
            " WHERE entry_id = e.id AND seq = 4; DELETE FROM inventory_ledgerentry WHERE seq = 4",
            (4, "missing-line"),
        ),
        (
            "DELETE FROM inventory_ledgerparty USING inventory_ledgerentry e"
            " WHERE entry_id = e.id AND seq = 2; DELETE FROM inventory_ledgerentry WHERE seq = 2",
            (2, "missing-line"),
        ),
        ("UPDATE inventory_ledgerhead SET seq = 3", (4, "head-differs")),
    ],
)
def test_what_the_owner_of_the_tables_changed_is_named(
    store: Store,
    clerk: User,
    owner: psycopg.Connection[tuple[object, ...]],
    tampering: LiteralString,
    place: tuple[int, str],
) -> None:
    for _ in range(4):
        make_line(store, clerk)
    assert found(store) is None
    owner.execute(tampering)
    assert found(store) == place


def test_the_command_names_the_first_broken_line_and_fails(
    store: Store,
    clerk: User,
    owner: psycopg.Connection[tuple[object, ...]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_line(store, clerk)
    call_command("verify_ledger")
    assert capsys.readouterr().out.startswith("Store S: 1 lines, unbroken, head ")
    owner.execute("UPDATE inventory_ledgerentry SET feature = 'x'")
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_ledger")
    assert "Store S: BROKEN at line 1: " in capsys.readouterr().out


@pytest.mark.parametrize("table", ["inventory_ledgerentry", "inventory_ledgerparty"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {} CASCADE",
    ],
)
def test_the_app_cannot_change_the_ledger(
    store: Store, clerk: User, table: str, statement: str
) -> None:
    make_line(store, clerk)
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_the_app_cannot_delete_a_line(store: Store, clerk: User) -> None:
    line = make_line(store, clerk)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        LedgerEntry.objects.filter(pk=line.pk)._raw_delete("default")


def test_a_party_is_not_deleted_before_its_day(store: Store, clerk: User) -> None:
    make_line(store, clerk, dealt_on=timezone.localdate(), keep_years=3)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        LedgerParty.objects.all().delete()
    assert found(store) is None


def test_the_chain_verifies_after_a_party_was_purged_on_its_day(store: Store, clerk: User) -> None:
    old = timezone.now().date() - timedelta(days=3 * 366)
    make_line(store, clerk, dealt_on=old, keep_years=3)
    make_line(store, clerk)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        LedgerParty.objects.all().delete()
    assert LedgerParty.objects.filter(purge_on__lte=timezone.now().date()).delete()[0] == 1
    assert found(store) is None
    assert verify(store, today=date(2050, 1, 1)).lines == 2


def test_a_unit_is_received_once(store: Store, clerk: User) -> None:
    line = make_line(store, clerk)
    with pytest.raises(IntegrityError, match="a_unit_is_received_once"), transaction.atomic():
        make_line(store, clerk, unit_code=line.unit_code)
    assert LedgerHead.objects.get(store=store).seq == 1
