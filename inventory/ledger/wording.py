"""What the ledger's columns and its breaks are called.

The printed form is Japanese in law; the headings are offered in English too for staff who read it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inventory.ledger.policy import BreakCode

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

COLUMN: Mapping[str, "Lazy"] = {
    "received_on": pgettext_lazy("ledger", "Date"),
    "received_kind": pgettext_lazy("ledger", "Manner"),
    "article": _("Article"),
    "features": _("Features"),
    "quantity": _("Qty"),
    "identity_method": _("How the person was verified"),
    "party_address": _("Address"),
    "party_name": _("Name"),
    "party_occupation": _("Occupation"),
    "party_age": _("Age"),
    "issued_on": pgettext_lazy("ledger", "Date"),
    "issued_kind": pgettext_lazy("ledger", "Manner"),
    "issued_address": _("Address"),
    "issued_name": _("Name"),
    "price": _("Price (yen)"),
    "special_rule": _("Dealer's special rule"),
    "entry_number": _("Line"),
    "struck": _("Struck out"),
}

CSV_HEADING: Mapping[str, "Lazy"] = {
    **COLUMN,
    "received_on": _("Date received"),
    "received_kind": _("Manner of receipt"),
    "issued_on": _("Date handed over"),
    "issued_kind": _("Manner of hand-over"),
    "issued_address": _("Address of the receiver"),
    "issued_name": _("Name of the receiver"),
}
"""A file has no spanning headings, so each column says whose it is."""

GROUP: Mapping[str, "Lazy"] = {
    "received": _("Received"),
    "issued": _("Handed over"),
    "goods": _("Goods dealt in"),
    "party": _("Other party"),
    "extra": _("Beside the form"),
}

BREAK: Mapping[BreakCode, "Lazy"] = {
    BreakCode.MISSING_LINE: _("the line is missing"),
    BreakCode.BROKEN_LINK: _("the line does not follow the one before it"),
    BreakCode.CHANGED_LINE: _("the line was changed after it was written"),
    BreakCode.CHANGED_PARTY: _("the party of the line was changed after it was written"),
    BreakCode.PARTY_GONE_EARLY: _("the party of the line was deleted before its term"),
    BreakCode.HEAD_DIFFERS: _("the ledger does not end where its head says"),
}

APPLIES = _("applies")
"""In the column of 古物商特例 where the rule holds."""
STRUCK = _("struck out")
TOO_LONG = _("More than %(lines)s lines are too many to print. Choose fewer days, or take the CSV.")
