"""The role `app` runs the shop and owns nothing."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from tests.cluster import Database


@pytest.mark.django_db
def test_pages_speak_to_the_database_as_app() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("app", "app")


@pytest.mark.django_db
def test_app_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'app'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE auth_user DISABLE TRIGGER ALL",
        "TRUNCATE auth_user CASCADE",
        "DROP TABLE auth_user CASCADE",
        "SET session_replication_role = replica",
        "SET ROLE owner",
    ],
)
def test_app_may_not_touch_the_schema(statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_owner_role_is_no_superuser(run_database: Database) -> None:
    with psycopg.connect(run_database.owner_url) as owner:
        row = owner.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'owner'")
        assert row.fetchone() == (False, False)


def test_a_fresh_database_commits_and_goes_away(fresh_db: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (fresh_db.name,)
