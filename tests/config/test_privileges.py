"""What the role `app` was granted, table by table, and that nothing lets it past a trigger."""

from datetime import timedelta

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from inventory.ledger.models import LedgerParty
from tests.factories import make_membership
from tests.inventory.owned import make_line

pytestmark = pytest.mark.django_db

ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE"}
GROWS = {"SELECT", "INSERT"}


def granted() -> dict[str, set[str]]:
    """Return table → what `app` may do to it, by itself or because everybody may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.table_privileges"
            " WHERE table_schema = 'public' AND grantee IN ('app', 'PUBLIC')"
        )
        found: dict[str, set[str]] = {}
        for table, privilege in cursor.fetchall():
            found.setdefault(table, set()).add(privilege)
    return found


def expected() -> dict[str, set[str]]:
    """Return what the models say: tables with a trigger against UPDATE and DELETE only grow."""
    wanted = {}
    for model in apps.get_models(include_auto_created=True):
        refused: set[str] = set()
        for trigger in getattr(model._meta, "triggers", ()):
            if isinstance(trigger, pgtrigger.Protect):
                words = str(trigger.operation).upper()
                kept = trigger.condition is None
                refused |= {w for w in ("UPDATE", "DELETE") if w in words and kept}
        wanted[model._meta.db_table] = ROWS - refused
    return wanted


def test_each_table_is_granted_what_its_model_says_and_no_more() -> None:
    beside = {"django_migrations": ROWS, "cache_entry": ROWS}
    assert granted() == expected() | beside


def test_there_are_tables_that_only_grow() -> None:
    growing = {table for table, rights in expected().items() if rights == GROWS}
    assert {"inventory_ledgerentry", "buyback_dealevent", "buyback_payout"} <= growing
    assert expected()["inventory_ledgerparty"] == GROWS | {"DELETE"}


def test_no_column_is_granted_beside_its_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relnamespace = 'public'::regnamespace AND a.attacl IS NOT NULL"
        )
        assert cursor.fetchone() == (0,)


def test_app_owns_nothing_and_no_function_lends_it_the_owners_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = 'app'::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND (prosecdef OR proowner = 'app'::regrole)"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname IN ('app', 'owner')"
        )
        assert cursor.fetchall() == [(False,), (False,)]
        cursor.execute("SELECT count(*) FROM pg_auth_members WHERE member = 'app'::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT true'",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE RULE mine AS ON INSERT TO inventory_ledgerentry DO INSTEAD NOTHING",
        "CREATE TRIGGER mine BEFORE INSERT ON inventory_ledgerentry"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "ALTER TABLE inventory_ledgerentry DISABLE TRIGGER ALL",
        "DROP TRIGGER keep_inventory_ledgerparty ON inventory_ledgerparty",
        "ALTER TABLE inventory_ledgerentry DROP CONSTRAINT inventory_ledgerentry_pkey",
        "UPDATE inventory_ledgerentry SET price_yen = 1",
        "DELETE FROM inventory_ledgerentry",
        "TRUNCATE inventory_ledgerparty",
        "UPDATE inventory_ledgerparty SET name = ''",
        "ALTER ROLE app SUPERUSER",
        "COPY inventory_ledgerparty TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_app_is_refused(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_no_word_opens_the_ledgers_people_before_their_day() -> None:
    member = make_membership()
    make_line(member.store, member.user, dealt_on=timezone.localdate() - timedelta(days=1))
    party = LedgerParty.objects.get()
    with (
        pgtrigger.ignore("inventory.LedgerParty:no_early_delete"),
        pytest.raises(DatabaseError, match="before their purge_on"),
        transaction.atomic(),
    ):
        LedgerParty.objects.filter(pk=party.pk).delete()
    assert LedgerParty.objects.filter(pk=party.pk).exists()
