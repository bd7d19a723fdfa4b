"""A deal brought to any stage from a yes to the money, through the services of the shop."""

import json
import math
from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from buyback.contracts.content import content_of
from buyback.contracts.models import Contract, Signature
from buyback.contracts.services import (
    Concluded,
    conclude,
    load_sample_text,
    prepare_contract,
    sign_contract,
)
from buyback.deals.models import Deal, Item
from buyback.identity.models import IdentityRecord
from buyback.identity.services import Shown, load_methods, record_identity
from buyback.payouts.models import Payout
from buyback.payouts.services import pay_cash
from buyback.pricing.models import PriceBook
from buyback.pricing.services import accept, offer
from buyback.sellers.models import Seller
from carriers.networks.answer import Failure, Mark
from shop.people.models import Membership
from tests.buyback.priced import check_item, inspect, make_book
from tests.factories import make_deal, make_seller

PEN = json.dumps(
    [[{"x": 40 + i * 5, "y": 60 + 30 * math.sin(i / 3), "t": i * 12} for i in range(40)]]
)
"""A name written with a finger, as the page sends it."""
DOT = json.dumps([[{"x": 10, "y": 10, "t": 0}]])


def fresh(deal: Deal) -> Deal:
    """Return the deal as the rows say now, with nothing remembered."""
    return Deal.objects.get(pk=deal.pk)


def show_id(deal: Deal, *, expires_on: date | None = None) -> IdentityRecord:
    """Record that the seller showed a driving licence today."""
    load_methods(valid_from=date(2020, 1, 1))
    shown = Shown(
        method="presentation",
        document="driving_licence",
        expires_on=expires_on or timezone.localdate() + timedelta(days=700),
        issued_on=None,
        name_matches=True,
        address_matches=True,
        birth_matches=True,
        photo_matches=True,
    )
    return record_identity(deal_id=deal.pk, shown=shown, actor=deal.opened_by)


def checked_deal(
    *,
    membership: Membership | None = None,
    marks: Mapping[str, Mark | Failure | None] | None = None,
    seller: Seller | None = None,
    **answers: str,
) -> Deal:
    """Return a deal whose phone is checked and inspected, with its seller recorded."""
    load_sample_text()
    if not PriceBook.objects.exists():
        make_book()
    deal = make_deal(membership=membership, seller=seller or make_seller())
    for item in Item.objects.filter(deal=deal).select_related("deal__store"):
        check_item(item, marks=marks)
        inspect(item, actor=deal.opened_by, **answers)
    return deal


def say_yes(deal: Deal) -> Deal:
    """Make the offer and take the seller's yes."""
    made = offer(deal_id=deal.pk, actor=deal.opened_by)
    return accept(deal_id=deal.pk, offer_fingerprint=made.fingerprint, actor=deal.opened_by)


def accepted_deal(
    *,
    membership: Membership | None = None,
    marks: Mapping[str, Mark | Failure | None] | None = None,
    seller: Seller | None = None,
    **answers: str,
) -> Deal:
    """Return a deal that lacks nothing but its contract."""
    deal = checked_deal(membership=membership, marks=marks, seller=seller, **answers)
    show_id(deal)
    say_yes(deal)
    return fresh(deal)


def prepared(deal: Deal, *, language: str = "ja") -> Contract:
    """Prepare the contract of an accepted deal."""
    return prepare_contract(deal_id=deal.pk, language=language, actor=deal.opened_by)


def ticks(contract: Contract) -> list[str]:
    """Return the codes of all statements."""
    return [statement["code"] for statement in content_of(contract)["statements"]["items"]]


def sign(contract: Contract, *, strokes: str = PEN) -> Signature:
    """Sign what was prepared, every statement ticked."""
    return sign_contract(
        contract_id=contract.pk,
        strokes=strokes,
        statements=ticks(contract),
        fingerprint=contract.fingerprint,
        actor=contract.prepared_by,
    )


def signed_deal(*, membership: Membership | None = None, language: str = "ja") -> Deal:
    """Return a deal whose contract is signed."""
    deal = accepted_deal(membership=membership)
    sign(prepared(deal, language=language))
    return fresh(deal)


def take(deal: Deal) -> Concluded:
    """Conclude a signed deal with the phone in hand."""
    return conclude(deal_id=deal.pk, actor=deal.opened_by, phone_in_hand=True)


def concluded_deal(*, membership: Membership | None = None, language: str = "ja") -> Deal:
    """Return a deal whose phones are ours and whose seller is not paid yet."""
    deal = signed_deal(membership=membership, language=language)
    take(deal)
    return fresh(deal)


def pay(deal: Deal, *, yen: int = 58_000) -> Payout:
    """Pay the deal out of the store's first drawer."""
    drawer = deal.store.drawers.order_by("pk")[0]
    return pay_cash(deal_id=deal.pk, drawer_id=drawer.pk, amount_yen=yen, actor=deal.opened_by)
