"""The second lock on tables that only grow: the role that runs the shop may not change them.

Triggers refuse an update or delete by anybody; these privileges keep the `app` role, which owns
nothing, from even trying, and from TRUNCATE, which walks past row triggers (operations.md §3).
"""

from collections.abc import Sequence

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.state import StateApps


def keep_append_only(tables: Sequence[str], *, may_delete: bool = False) -> RunPython:
    """Return a migration step that leaves SELECT and INSERT on `tables` to the `app` role.

    With `may_delete` DELETE stays too (a purge whose dates a trigger guards).
    """
    taken = "UPDATE, TRUNCATE" if may_delete else "UPDATE, DELETE, TRUNCATE"

    def revoke(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        _each(editor, tables, "REVOKE {taken} ON {table} FROM {role}", taken)

    def grant(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        _each(editor, tables, "GRANT {taken} ON {table} TO {role}", taken.replace(", TRUNCATE", ""))

    return RunPython(revoke, grant)


def keep_until(table: str, column: str) -> RunSQL:
    """Return a migration step that refuses to delete a row of `table` before its day `column`.

    Beside the model's own trigger, which `SET pgtrigger.ignore` walks past; this one knows no such
    word, so the `app` role, which may delete here, cannot delete early.
    """
    name = f"keep_{table}"
    return RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.{column} > CURRENT_DATE THEN
                RAISE EXCEPTION 'Cannot delete rows from {table} before their {column}';
            END IF;
            RETURN OLD;
        END; $$;
        CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
        """,
        reverse_sql=f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


def _each(
    editor: BaseDatabaseSchemaEditor, tables: Sequence[str], statement: str, privileges: str
) -> None:
    role = editor.quote_name(settings.APP_DATABASE_ROLE)
    for table in tables:
        editor.execute(
            statement.format(taken=privileges, table=editor.quote_name(table), role=role)
        )
