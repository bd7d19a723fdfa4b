"""The words a unit is described by, and the states it moves through.

Grade, disposition and channel live here, below buyback, because a unit keeps them for life; the
rules that choose them are in `buyback.inspection.policy`.
"""

from collections.abc import Mapping
from enum import StrEnum


class Grade(StrEnum):
    """ランク, best first (RMJ's order; no certification mark). J = junk, sold with its reason."""

    S = "S"
    A = "A"
    B = "B"
    C = "C"
    J = "J"


class Disposition(StrEnum):
    """区分: what the shop does with the device."""

    RESALE = "resale"
    PARTS_ONLY = "parts_only"
    REJECT = "reject"


class Channel(StrEnum):
    """販路: where a unit may be sold."""

    DOMESTIC = "domestic"
    OVERSEAS = "overseas"
    WIFI_ONLY = "wifi_only"
    PARTS = "parts"


class UnitState(StrEnum):
    """Where a unit stands in its life with us."""

    QUARANTINE = "quarantine"
    ERASING = "erasing"
    READY = "ready"
    LISTED = "listed"
    SOLD = "sold"
    RETURNED = "returned"
    DISMANTLED = "dismantled"
    EXPORTED = "exported"
    SCRAPPED = "scrapped"


class UnitAction(StrEnum):
    """What may happen to a unit."""

    RECEIVE = "receive"


UNIT_TRANSITIONS: Mapping[tuple[UnitState | None, UnitAction], UnitState] = {
    (None, UnitAction.RECEIVE): UnitState.QUARANTINE,
}
"""Every legal move. `None` is “not ours yet”: a unit is born in quarantine, nothing is erased
before it is ours."""

IN_HAND: frozenset[UnitState] = frozenset(
    {
        UnitState.QUARANTINE,
        UnitState.ERASING,
        UnitState.READY,
        UnitState.LISTED,
        UnitState.RETURNED,
    }
)
"""States in which the unit is physically ours; one IMEI may be in hand once."""
