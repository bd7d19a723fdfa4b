"""Handing back what a deal that ends does not buy.

A deal that is declined or expires may hold devices that were never offered on; they leave it as
returned, so that their IMEI is free for another deal.
"""

from django.contrib.auth.models import User

from buyback.deals.models import Deal, Item
from buyback.deals.policy import ItemAction, ItemState
from buyback.deals.transition import apply_to_item, lock_items


def return_open_items(*, deal: Deal, actor: User | None) -> list[Item]:
    """Return every item that is still open to the seller, in the caller's transaction.

    The caller has locked the deal. `actor=None` is the system.
    """
    return [
        apply_to_item(item=item, action=ItemAction.RETURN, actor=actor)
        for item in lock_items(deal)
        if item.state == ItemState.OPEN
    ]
