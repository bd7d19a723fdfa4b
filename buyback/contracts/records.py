"""The short writes of contracts: the row and its event, or a phone and its ledger line, together.

The caller holds the locks (seller → deal → items) in the transaction in which these run.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from buyback.contracts import ledger
from buyback.contracts.content import Content
from buyback.contracts.models import Contract, ContractText
from buyback.deals.models import Deal, Item
from buyback.deals.policy import EventKind, ItemAction
from buyback.deals.transition import Details, apply_to_item, lock_deal, lock_items, record
from buyback.deals.wording import refusal
from buyback.identity.models import IdentityRecord
from buyback.pricing.models import Quote
from buyback.sellers.models import Seller
from carriers.checks.policy import Verdict
from inventory.ledger.models import LedgerEntry
from inventory.ledger.services import write_receipt
from inventory.units.models import Unit
from inventory.units.policy import Disposition, Grade
from inventory.units.services import receive_unit


def lock_all(deal_id: int) -> Deal:
    """Return the deal with its seller, itself and its items locked, in this order (DESIGN §3).

    Must run inside a transaction. Raises `Deal.DoesNotExist`, `ValidationError` (`not-now`) where
    the deal got another seller at this moment.
    """
    seller_id = Deal.objects.values_list("seller_id", flat=True).get(pk=deal_id)
    if seller_id is not None:
        Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    deal = lock_deal(deal_id)
    if deal.seller_id != seller_id:
        raise refusal("not-now")
    lock_items(deal)
    return deal


def write_contract(
    *,
    deal: Deal,
    version: int,
    text: ContractText,
    identity: IdentityRecord,
    content: Content,
    total_yen: int,
    fingerprint: str,
    now: datetime,
    actor: User,
) -> Contract:
    """Write a new version and its event."""
    row = Contract.objects.create(
        deal=deal,
        version=version,
        text=text,
        identity=identity,
        language=content["lang"],
        content=content,
        total_yen=total_yen,
        fingerprint=fingerprint,
        prepared_at=now,
        prepared_by=actor,
    )
    details = {"version": version, "language": content["lang"], "total_yen": total_yen}
    record(deal=deal, kind=EventKind.CONTRACT_PREPARED, actor=actor, details=details)
    return row


def take_unit(*, deal: Deal, item: Item, quote: Quote, actor: User) -> Unit:
    """Take a device that was just bought into stock, and mark the item as bought.

    Raises `ValidationError` (`imei-in-hand` …) where the stock refuses it.
    """
    if item.variant is None:
        raise refusal("unknown-variant")
    unit = receive_unit(
        store=deal.store,
        variant=item.variant,
        colour=item.colour,
        imei1=item.imei1,
        imei2=item.imei2,
        serial=item.serial,
        grade=Grade(quote.grade),
        disposition=Disposition(quote.disposition),
        channels=quote.channel_set,
        under_restriction=quote.verdict == Verdict.RED,
        cost_yen=quote.total_yen,
        actor=actor,
        details={"deal": deal.code, "position": item.position},
    )
    details: Details = {"unit": unit.code, "total_yen": quote.total_yen}
    apply_to_item(item=item, action=ItemAction.BUY, actor=actor, details=details)
    return unit


def write_line(
    *,
    deal: Deal,
    seller: Seller,
    item: Item,
    unit: Unit,
    quote: Quote,
    identity: IdentityRecord,
    keep_years: int,
    now: datetime,
    actor: User,
) -> LedgerEntry:
    """Write the 受入れ line of one bought device.

    古物商特例 holds where the seller is no registered invoice issuer (law.md §5.1).
    """
    return write_receipt(
        store=deal.store,
        unit_code=unit.code,
        dealt_on=timezone.localdate(now),
        item_kind=ledger.item_kind(item),
        feature=ledger.feature(item, quote),
        method=ledger.method_text(identity),
        price_yen=quote.total_yen,
        kobutsu_special=not seller.invoice_number,
        reference=deal.code,
        party=ledger.party(seller, on=timezone.localdate(now)),
        keep_years=keep_years,
        actor=actor,
    )
