"""How a code becomes a sentence, and for whom.

The `wording` module of a package holds a table from code to `Said`; `say` picks the sentence for
the audience in the language that is active now. A reason that only staff may read is made with
`staff_only`: the seller then gets one neutral sentence, the same for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


class Audience(StrEnum):
    """Who reads a sentence."""

    STAFF = "staff"
    SELLER = "seller"


NEUTRAL = _("We cannot go on with this item today. Please ask our staff.")
"""What a seller reads in place of every staff-only reason."""


@dataclass(frozen=True, slots=True)
class Said:
    """One code's sentence for each audience (lazy, with `%(name)s` places for parameters)."""

    staff: "Lazy"
    seller: "Lazy"


def both(text: "Lazy") -> Said:
    """Return the same sentence for staff and seller."""
    return Said(text, text)


def split(staff: "Lazy", seller: "Lazy") -> Said:
    """Return one sentence for staff and another for the seller."""
    return Said(staff, seller)


def staff_only(text: "Lazy") -> Said:
    """Return a sentence for staff; the seller gets `NEUTRAL`."""
    return Said(text, NEUTRAL)


def say(
    table: Mapping[str, Said],
    code: str,
    params: Mapping[str, object],
    audience: Audience,
) -> str:
    """Return the sentence for `code` in the active language, with `params` filled in.

    Raises `KeyError` for a code the table does not hold: a test walks all codes, so a missing
    sentence is found before a person meets it.
    """
    said = table[code]
    text = said.staff if audience is Audience.STAFF else said.seller
    return str(text) % params
