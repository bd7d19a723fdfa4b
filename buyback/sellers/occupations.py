"""職業: what the ledger must say of a seller's work (古物営業法16条4号).

Self-declared: no ID card shows it. A list keeps it short at the counter, the workplace makes it
exact (law.md §4: a bare 会社員 may be too vague for the police).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

OCCUPATIONS: Mapping[str, "Lazy"] = {
    "employee": _("Company employee"),
    "public_servant": _("Public servant"),
    "self_employed": _("Self-employed"),
    "company_officer": _("Company officer"),
    "part_time": _("Part-time worker"),
    "student": _("Student"),
    "homemaker": _("Homemaker"),
    "unemployed": _("Not working"),
    "other": _("Other"),
}
"""Code → what it is called. A code that is missing here is text from an older record."""


def occupation_label(code: str) -> str:
    """Return what an occupation is called in the active language."""
    return str(OCCUPATIONS.get(code, code))


def ledger_occupation(code: str, workplace: str) -> str:
    """Return the occupation as the ledger prints it: in Japanese, with the workplace if given."""
    with translation.override("ja"):
        label = occupation_label(code)
    return f"{label}（{workplace}）" if workplace else label
