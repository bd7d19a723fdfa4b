"""The one place where the state of a deal or an item changes.

Lock, look in the table, write state and event in the same transaction: there is no other way, and
no way to have one without the other. Lock order: seller → deal → items by id (DESIGN §3).
"""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.deals.models import Deal, DealEvent, Item
from buyback.deals.policy import (
    EVENT_OF,
    EVENT_OF_ITEM,
    ITEM_TRANSITIONS,
    TRANSITIONS,
    Action,
    DealState,
    EventKind,
    ItemAction,
    ItemState,
    next_item_state,
    next_state,
)
from shop.fingerprint import Json
from shop.people.names import person_name

Details = Mapping[str, Json]


def lock_deal(deal_id: int) -> Deal:
    """Return the deal with its row locked until the transaction ends.

    Must run inside a transaction. Raises `Deal.DoesNotExist`.
    """
    return Deal.objects.select_for_update(of=("self",), no_key=True).get(pk=deal_id)


def lock_items(deal: Deal) -> list[Item]:
    """Return the items of a locked deal, locked in order of id, by position."""
    items = Item.objects.select_for_update(of=("self",), no_key=True).filter(deal=deal)
    return sorted(items.order_by("pk"), key=lambda item: item.position)


def record(
    *,
    deal: Deal,
    kind: EventKind,
    actor: User | None,
    item: Item | None = None,
    details: Details | None = None,
) -> DealEvent:
    """Write that something was recorded on a deal without a change of state.

    The caller holds the deal's lock in the transaction that writes the fact itself.
    """
    return _event(deal, item, kind, actor, details, ("", ""))


@transaction.atomic
def apply(
    *, deal_id: int, action: Action, actor: User | None, details: Details | None = None
) -> Deal:
    """Apply `action` to the deal and return it in its new state.

    `actor=None` is the system. Raises `ValidationError` (code `not-now`) where the table has no
    such move from the state found under the lock.
    """
    deal = lock_deal(deal_id)
    came_from = DealState(deal.state)
    state = next_state(came_from, action)
    if state is None:
        raise ValidationError(
            _("This is not possible any more. Reload the page to see where the deal stands."),
            code="not-now",
        )
    deal.state, deal.state_since = state, timezone.now()
    deal.save(update_fields=["state", "state_since"])
    _event(deal, None, EVENT_OF[action], actor, details, (came_from, state))
    return deal


@transaction.atomic
def apply_to_item(
    *, item: Item, action: ItemAction, actor: User | None, details: Details | None = None
) -> Item:
    """Apply `action` to an item whose deal the caller has locked; the item is read again here.

    Raises `ValidationError` (code `not-now`) where the table has no such move.
    """
    fresh = Item.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    came_from = ItemState(fresh.state)
    state = next_item_state(came_from, action)
    if state is None:
        raise ValidationError(
            _("This device cannot be handled that way any more. Reload the page."), code="not-now"
        )
    fresh.state = state
    fresh.save(update_fields=["state"])
    _event(fresh.deal, fresh, EVENT_OF_ITEM[action], actor, details, (came_from, state))
    return fresh


@transaction.atomic
def open_deal_row(*, deal: Deal, actor: User) -> Deal:
    """Write a new deal in its first state together with its first event."""
    deal.state = TRANSITIONS[None, Action.OPEN]
    deal.state_since = deal.opened_at
    deal.save(force_insert=True)
    _event(deal, None, EventKind.OPENED, actor, None, ("", deal.state))
    return deal


@transaction.atomic
def add_item_row(*, item: Item, actor: User) -> Item:
    """Write a new item of a locked deal in its first state together with its event."""
    item.state = ITEM_TRANSITIONS[None, ItemAction.ADD]
    item.save(force_insert=True)
    _event(item.deal, item, EventKind.ITEM_ADDED, actor, None, ("", item.state))
    return item


def _event(
    deal: Deal,
    item: Item | None,
    kind: EventKind,
    actor: User | None,
    details: Details | None,
    states: tuple[str, str],
) -> DealEvent:
    return DealEvent.objects.create(
        deal=deal,
        item=item,
        kind=kind,
        from_state=states[0],
        to_state=states[1],
        at=timezone.now(),
        actor=actor,
        actor_name=person_name(actor) if actor else "",
        details=dict(details or {}),
    )
