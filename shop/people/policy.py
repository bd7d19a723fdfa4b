"""Who may do what: roles, permissions and the one table that joins them.

A membership gives a person one role in one store. A URL names the permission it needs; nothing
here reads the database. Two-person rules and money limits are decided where the money is.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is in one store."""

    STAFF = "staff"
    INSPECTOR = "inspector"
    CASHIER = "cashier"
    MANAGER = "manager"
    OWNER = "owner"
    AUDITOR = "auditor"


class PeopleOnDuty(StrEnum):
    """How many people a store has at once; two-person rules follow it (DESIGN §3)."""

    ONE = "one"
    SEVERAL = "several"


class PeopleAct(StrEnum):
    """What was done to a person's access; kept in the history of the store's people."""

    ADDED = "added"
    GIVEN = "given"
    CHANGED = "changed"
    TAKEN = "taken"
    LINK = "link"


class Permission(StrEnum):
    """One kind of access; each page and each action names exactly one."""

    SEE_COUNTER = "see_counter"
    """Read the board and the deals of the store."""
    TAKE_DEALS = "take_deals"
    """Open a deal, fill in seller and items, ask the carriers, take ID and a signature."""
    ANSWER_LOOKUPS = "answer_lookups"
    """Answer a lookup by hand."""
    INSPECT = "inspect"
    """Record an inspection, offer a quote, reject an item."""
    PAY = "pay"
    """Pay cash out of the drawer."""
    SEE_STOCK = "see_stock"
    """Read units."""
    SEE_LEDGER = "see_ledger"
    """Read, print and export the police ledger."""
    MANAGE = "manage"
    """Settings, prices, people of the store."""
    MANAGE_COMPANY = "manage_company"
    """What holds in every store: company-wide settings, how the networks are asked."""


_COUNTER = frozenset(
    {
        Permission.SEE_COUNTER,
        Permission.TAKE_DEALS,
        Permission.ANSWER_LOOKUPS,
        Permission.INSPECT,
        Permission.SEE_STOCK,
    }
)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.STAFF: _COUNTER,
    Role.INSPECTOR: frozenset(
        {
            Permission.SEE_COUNTER,
            Permission.ANSWER_LOOKUPS,
            Permission.INSPECT,
            Permission.SEE_STOCK,
        }
    ),
    Role.CASHIER: _COUNTER | {Permission.PAY, Permission.SEE_LEDGER},
    Role.MANAGER: frozenset(Permission) - {Permission.MANAGE_COMPANY},
    Role.OWNER: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.SEE_COUNTER, Permission.SEE_STOCK, Permission.SEE_LEDGER}),
}
"""Role → permissions, the whole of it. No role, no page."""


NEED_SECOND_FACTOR: frozenset[Role] = frozenset({Role.MANAGER, Role.OWNER})
"""Roles that open no page of the shop without a second factor (DESIGN §3)."""


def may(role: Role, permission: Permission) -> bool:
    """Tell whether `role` carries `permission`."""
    return permission in GRANTS[role]


GIVES: Mapping[Role, frozenset[Role]] = {
    Role.MANAGER: frozenset({Role.STAFF, Role.INSPECTOR, Role.CASHIER, Role.AUDITOR}),
    Role.OWNER: frozenset(Role),
}
"""Role → the roles it may give and take away. Who is not named may do neither."""


def may_give(giver: Role, *roles: Role) -> bool:
    """Tell whether a person with the role `giver` may give and take away all of `roles`."""
    return GIVES.get(giver, frozenset()).issuperset(roles)
