"""Everything Django stores for `buyback`; nobody but Django imports this."""

from buyback.contracts.models import (
    Conclusion,
    Contract,
    ContractPdf,
    ContractText,
    ContractTextAdoption,
    Signature,
)
from buyback.deals.models import ActiveImei, Deal, DealEvent, Hold, Item
from buyback.identity.models import IdentityMethod, IdentityRecord
from buyback.inspection.models import Inspection
from buyback.payouts.models import Payout
from buyback.pricing.models import BasePrice, PartDeduction, PriceBook, Quote
from buyback.sellers.models import Seller

__all__ = [
    "ActiveImei",
    "BasePrice",
    "Conclusion",
    "Contract",
    "ContractPdf",
    "ContractText",
    "ContractTextAdoption",
    "Deal",
    "DealEvent",
    "Hold",
    "IdentityMethod",
    "IdentityRecord",
    "Inspection",
    "Item",
    "PartDeduction",
    "Payout",
    "PriceBook",
    "Quote",
    "Seller",
    "Signature",
]
