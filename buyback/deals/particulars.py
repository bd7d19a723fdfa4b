"""Who sells in this deal: the seller's particulars, recorded on the deal with their event."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from buyback.deals import wording
from buyback.deals.models import Deal
from buyback.deals.policy import EDITABLE, DealState, EventKind
from buyback.deals.transition import lock_deal, record
from buyback.sellers.models import Seller
from buyback.sellers.services import Particulars, save_seller


@transaction.atomic
def record_seller(*, deal_id: int, typed: Particulars, version: int, actor: User) -> Seller:
    """Write the seller of a deal that is not signed yet and return the row.

    `version` is the one the page showed (0 where there was no seller yet). Raises
    `ValidationError`: `stale` where somebody saved in between, `not-now` from `signed` on, or a
    dictionary field → sentences where a particular is missing or malformed.
    """
    now = timezone.now()
    seller_id = Deal.objects.values_list("seller_id", flat=True).get(pk=deal_id)
    # Lock order: seller → deal (DESIGN §3).
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id) if seller_id else None
    deal = lock_deal(deal_id)
    if DealState(deal.state) not in EDITABLE:
        raise wording.refusal("not-now")
    if deal.seller_id != seller_id or version != (seller.version if seller else 0):
        raise wording.refusal("stale")
    row, changed = save_seller(seller=seller, typed=typed, on=timezone.localdate(now), now=now)
    if changed:
        deal.seller = row
        deal.save(update_fields=["seller"])
        # No particulars in the event: the row is kept and purged by its own rules.
        record(
            deal=deal,
            kind=EventKind.SELLER_RECORDED,
            actor=actor,
            details={"version": row.version},
        )
    return row
