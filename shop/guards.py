"""The last word of the database, said once: known values, guards over several tables, claims.

Services look first and make the sentence; what stands here holds whatever code writes the row, and
however many people write at the same moment. The names are those PostgreSQL reports as broken.
"""

from collections.abc import Iterable
from string import Template

import pgtrigger
from django.db import IntegrityError
from django.db.models import CheckConstraint, Q

CLAIM = Template("""
    IF TG_OP = 'UPDATE' AND NEW.imei1 = OLD.imei1 AND NEW.imei2 = OLD.imei2
        AND (NEW.state IN ($active)) = (OLD.state IN ($active)) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM $table WHERE $column = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO $table (imei, $column)
        SELECT digits, NEW.id FROM unnest(ARRAY[NEW.imei1, NEW.imei2]) AS digits
        WHERE digits <> '' AND NEW.state IN ($active) ORDER BY digits;
    END IF;
    RETURN NULL;
""")


def known(field: str, values: Iterable[str], *, name: str, blank: bool = False) -> CheckConstraint:
    """Return the constraint that `field` holds one of `values` (or nothing, where `blank`)."""
    allowed = [str(value) for value in values] + ([""] if blank else [])
    return CheckConstraint(condition=Q(**{f"{field}__in": allowed}), name=name)


def refuse(
    name: str, *, where: str, operation: pgtrigger.Operation = pgtrigger.Insert
) -> pgtrigger.Trigger:
    """Return a trigger that refuses a row of which the SQL condition `where` (over NEW) is true.

    For what a CHECK cannot see: other tables. It is reported like a broken constraint called
    `name` (`IntegrityError`). Rows it reads must be final or locked by the writer.
    """
    func = (
        f"IF {where} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation',"
        f" CONSTRAINT = '{name}', TABLE = TG_TABLE_NAME; END IF; RETURN NEW;"
    )
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=operation, func=func)


def on_change(*columns: str) -> pgtrigger.Operation:
    """Return the operation: a new row, or an UPDATE that names one of `columns`."""
    changed: pgtrigger.Operation = pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]  # upstream
    both: pgtrigger.Operation = pgtrigger.Insert | changed
    return both


def claim_imeis(*, table: str, column: str, states: Iterable[str]) -> pgtrigger.Trigger:
    """Return the trigger that keeps `table`: one row per IMEI of a row in one of `states`.

    A device has two IMEIs and may be entered with either of them first, so no index over one
    column can say “once”; the unique IMEI of `table` can. Both are claimed in the order of their
    digits: two writers of one phone wait for each other, never in a circle.
    """
    active = ", ".join(f"'{state}'" for state in sorted(states))
    func = CLAIM.substitute(table=table, column=column, active=active)
    return pgtrigger.Trigger(
        name="claim_imeis",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=func,
    )


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint or guard that PostgreSQL reports as broken."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "")
