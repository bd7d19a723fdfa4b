"""Pages of a long list by key, not by offset, so that page 10,000 costs what page 1 costs.

A cursor is the (position, id) of the last row seen, as text for a URL; it carries no personal
data. Lists read newest first.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, newest first, and the cursors to go on (None at an end)."""

    rows: tuple[M, ...]
    older: str | None
    newer: str | None


def _cursor(row: Model, field: str) -> str:
    value: datetime = getattr(row, field)
    return f"{value.isoformat()}_{row.pk}"


def _parse(cursor: str) -> tuple[datetime, int] | None:
    stamp, _, pk = cursor.rpartition("_")
    try:
        at = datetime.fromisoformat(stamp)
        if at.tzinfo is None or not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
            return None
        return at.astimezone(UTC), int(pk)
    except (ValueError, OverflowError):  # OverflowError: at the ends of the calendar
        return None


def page_of(
    queryset: QuerySet[M], *, field: str, size: int, before: str = "", after: str = ""
) -> Page[M]:
    """Return up to `size` rows of `queryset` ordered by (`field`, id) descending.

    `before` asks for rows older than that cursor, `after` for newer ones; a cursor that cannot be
    read gives the first page. `field` is a non-null datetime column; an index on (field, id)
    makes any depth cost the same.
    """
    older_than, newer_than = _parse(before), _parse(after)
    if newer_than is not None:
        at, pk = newer_than
        # `>=` and then the tie: an index can begin there, which it cannot at an OR.
        newer = queryset.filter(Q(**{f"{field}__gt": at}) | Q(pk__gt=pk), **{f"{field}__gte": at})
        found = list(newer.order_by(field, "pk")[: size + 1])
        more_newer, rows = len(found) > size, found[:size][::-1]
        return Page(
            rows=tuple(rows),
            older=_cursor(rows[-1], field) if rows else None,
            newer=_cursor(rows[0], field) if rows and more_newer else None,
        )
    if older_than is not None:
        at, pk = older_than
        queryset = queryset.filter(
            Q(**{f"{field}__lt": at}) | Q(pk__lt=pk), **{f"{field}__lte": at}
        )
    found = list(queryset.order_by(f"-{field}", "-pk")[: size + 1])
    rows = found[:size]
    return Page(
        rows=tuple(rows),
        older=_cursor(rows[-1], field) if len(found) > size else None,
        newer=_cursor(rows[0], field) if rows and older_than is not None else None,
    )
