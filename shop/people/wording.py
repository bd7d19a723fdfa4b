"""What the roles are called."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shop.people.policy import Role

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
