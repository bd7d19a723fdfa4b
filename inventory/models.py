"""Everything Django stores for `inventory`; nobody but Django imports this."""

from inventory.catalogue.models import DeviceModel, Maker, Variant
from inventory.ledger.models import LedgerEntry, LedgerHead, LedgerParty
from inventory.units.models import ImeiInHand, Unit, UnitEvent

__all__ = [
    "DeviceModel",
    "ImeiInHand",
    "LedgerEntry",
    "LedgerHead",
    "LedgerParty",
    "Maker",
    "Unit",
    "UnitEvent",
    "Variant",
]
