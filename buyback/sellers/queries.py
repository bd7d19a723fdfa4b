"""What a seller's record says, as one value for the gates."""

from buyback.sellers.models import Seller
from buyback.sellers.policy import SellerFacts
from shop.fingerprint import fingerprint

PARTICULARS = (
    "family_name",
    "given_name",
    "family_kana",
    "given_kana",
    "postal_code",
    "address",
    "phone",
    "occupation",
    "workplace",
    "invoice_number",
)
"""The text fields that identity and contract are made from; the birth date is the eleventh."""


def facts_of(seller: Seller) -> SellerFacts:
    """Return the record as `buyback.sellers.policy.seller_problems` reads it."""
    return SellerFacts(
        name=f"{seller.family_name} {seller.given_name}",
        kana=seller.full_kana,
        birth_on=seller.birth_on,
        postal_code=seller.postal_code,
        address=seller.address,
        occupation=seller.occupation,
        phone=seller.phone,
    )


def seller_fingerprint(seller: Seller) -> str:
    """Return the SHA-256 (64 hex digits) of the particulars: it changes with any of them."""
    values: dict[str, str] = {name: getattr(seller, name) for name in PARTICULARS}
    return fingerprint({**values, "birth_on": seller.birth_on.isoformat()})
