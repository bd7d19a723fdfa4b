"""What the roles are called and may do, and what was done to whom."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shop.people.policy import PeopleAct, Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

ROLE: Mapping[Role, "Lazy"] = {
    Role.STAFF: _("Staff"),
    Role.INSPECTOR: _("Inspector"),
    Role.CASHIER: _("Cashier"),
    Role.MANAGER: _("Manager"),
    Role.OWNER: _("Owner"),
    Role.AUDITOR: _("Auditor"),
}

ROLE_MAY: Mapping[Role, "Lazy"] = {
    Role.STAFF: _("Takes deals at the counter: carriers, inspection, identity, signature"),
    Role.INSPECTOR: _("Inspects and makes offers"),
    Role.CASHIER: _("Like staff, and pays cash; reads the ledger"),
    Role.MANAGER: _("Everything in this store, but nothing that holds in all stores"),
    Role.OWNER: _("Everything, also what holds in all stores"),
    Role.AUDITOR: _("Reads deals, stock and ledger; changes nothing"),
}

ACT: Mapping[PeopleAct, "Lazy"] = {
    PeopleAct.ADDED: _("Account made, with the role: %(role)s"),
    PeopleAct.GIVEN: _("Role given in this store: %(role)s"),
    PeopleAct.CHANGED: _("Role changed to: %(role)s"),
    PeopleAct.TAKEN: _("Access taken away (was: %(role)s)"),
    PeopleAct.LINK: _("Link for a new password made"),
}
