"""The states of a deal and of its items, and the only moves there are.

States are commitments only (DESIGN §3): what has been promised or done, never progress. Each
action has one owner package; `tests/test_architecture.py` refuses any other caller. Whether an
action is wise today is for the gates of its owner; this table only says what may follow what.
"""

from collections.abc import Mapping
from enum import StrEnum


class DealState(StrEnum):
    """買取案件: `open → offered → accepted → signed → concluded → paid` and three ends."""

    OPEN = "open"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    CONCLUDED = "concluded"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Action(StrEnum):
    """What may be done to a deal."""

    OPEN = "open"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    SIGN = "sign"
    CONCLUDE = "conclude"
    PAY = "pay"
    CANCEL = "cancel"


class ItemState(StrEnum):
    """買取品: one device inside a deal."""

    OPEN = "open"
    OFFERED = "offered"
    BOUGHT = "bought"
    DECLINED = "declined"
    REJECTED = "rejected"
    RETURNED = "returned"


class ItemAction(StrEnum):
    """What may be done to one item."""

    ADD = "add"
    OFFER = "offer"
    DECLINE = "decline"
    REJECT = "reject"
    BUY = "buy"
    RETURN = "return"


class EventKind(StrEnum):
    """What a deal's history tells; a state change and a fact recorded are both events."""

    OPENED = "opened"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SIGNED = "signed"
    CONCLUDED = "concluded"
    PAID = "paid"
    CANCELLED = "cancelled"
    ITEM_ADDED = "item_added"
    ITEM_OFFERED = "item_offered"
    ITEM_DECLINED = "item_declined"
    ITEM_REJECTED = "item_rejected"
    ITEM_BOUGHT = "item_bought"
    ITEM_RETURNED = "item_returned"
    ITEM_CHANGED = "item_changed"
    SELLER_RECORDED = "seller_recorded"
    CHECK_REQUESTED = "check_requested"
    INSPECTION_RECORDED = "inspection_recorded"
    IDENTITY_RECORDED = "identity_recorded"
    CONTRACT_PREPARED = "contract_prepared"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"


_S = DealState

TRANSITIONS: Mapping[tuple[DealState | None, Action], DealState] = {
    (None, Action.OPEN): _S.OPEN,
    (_S.OPEN, Action.OFFER): _S.OFFERED,
    (_S.OFFERED, Action.OFFER): _S.OFFERED,
    (_S.ACCEPTED, Action.OFFER): _S.OFFERED,
    (_S.OFFERED, Action.ACCEPT): _S.ACCEPTED,
    (_S.OFFERED, Action.DECLINE): _S.DECLINED,
    (_S.ACCEPTED, Action.DECLINE): _S.DECLINED,
    (_S.OFFERED, Action.EXPIRE): _S.EXPIRED,
    (_S.ACCEPTED, Action.EXPIRE): _S.EXPIRED,
    (_S.ACCEPTED, Action.SIGN): _S.SIGNED,
    (_S.SIGNED, Action.CONCLUDE): _S.CONCLUDED,
    (_S.CONCLUDED, Action.PAY): _S.PAID,
    (_S.OPEN, Action.CANCEL): _S.CANCELLED,
    (_S.OFFERED, Action.CANCEL): _S.CANCELLED,
    (_S.ACCEPTED, Action.CANCEL): _S.CANCELLED,
    (_S.SIGNED, Action.CANCEL): _S.CANCELLED,
}
"""(state, action) → next state; `None` is “not there yet”. What is missing here is refused.

A new offer takes an accepted deal back to offered, because yes to another price is another yes.
After `concluded` the phone is ours: nothing but paying is left (void and correct: DESIGN §3)."""

_I = ItemState

ITEM_TRANSITIONS: Mapping[tuple[ItemState | None, ItemAction], ItemState] = {
    (None, ItemAction.ADD): _I.OPEN,
    (_I.OPEN, ItemAction.OFFER): _I.OFFERED,
    (_I.OFFERED, ItemAction.OFFER): _I.OFFERED,
    (_I.OFFERED, ItemAction.DECLINE): _I.DECLINED,
    (_I.OPEN, ItemAction.REJECT): _I.REJECTED,
    (_I.OFFERED, ItemAction.REJECT): _I.REJECTED,
    (_I.OFFERED, ItemAction.BUY): _I.BOUGHT,
    (_I.OPEN, ItemAction.RETURN): _I.RETURNED,
    (_I.OFFERED, ItemAction.RETURN): _I.RETURNED,
}

OWNERS: Mapping[Action, str] = {
    Action.OPEN: "buyback.deals",
    Action.CANCEL: "buyback.deals",
    Action.OFFER: "buyback.pricing",
    Action.ACCEPT: "buyback.pricing",
    Action.DECLINE: "buyback.pricing",
    Action.EXPIRE: "buyback.pricing",
    Action.SIGN: "buyback.contracts",
    Action.CONCLUDE: "buyback.contracts",
    Action.PAY: "buyback.payouts",
}
"""The one package that may apply an action."""

ITEM_OWNERS: Mapping[ItemAction, str] = {
    ItemAction.ADD: "buyback.deals",
    ItemAction.RETURN: "buyback.deals",
    ItemAction.REJECT: "buyback.inspection",
    ItemAction.OFFER: "buyback.pricing",
    ItemAction.DECLINE: "buyback.pricing",
    ItemAction.BUY: "buyback.contracts",
}

EVENT_OF: Mapping[Action, EventKind] = {
    Action.OPEN: EventKind.OPENED,
    Action.OFFER: EventKind.OFFERED,
    Action.ACCEPT: EventKind.ACCEPTED,
    Action.DECLINE: EventKind.DECLINED,
    Action.EXPIRE: EventKind.EXPIRED,
    Action.SIGN: EventKind.SIGNED,
    Action.CONCLUDE: EventKind.CONCLUDED,
    Action.PAY: EventKind.PAID,
    Action.CANCEL: EventKind.CANCELLED,
}

EVENT_OF_ITEM: Mapping[ItemAction, EventKind] = {
    ItemAction.ADD: EventKind.ITEM_ADDED,
    ItemAction.OFFER: EventKind.ITEM_OFFERED,
    ItemAction.DECLINE: EventKind.ITEM_DECLINED,
    ItemAction.REJECT: EventKind.ITEM_REJECTED,
    ItemAction.BUY: EventKind.ITEM_BOUGHT,
    ItemAction.RETURN: EventKind.ITEM_RETURNED,
}

ENDED = frozenset({_S.PAID, _S.DECLINED, _S.CANCELLED, _S.EXPIRED})
"""Nothing follows."""

EDITABLE = frozenset({_S.OPEN, _S.OFFERED, _S.ACCEPTED})
"""Lower stages (seller, items, inspection, identity) may still be edited; from `signed` on not."""

CHECKABLE = EDITABLE | {_S.SIGNED}
"""The carriers may be asked (again): an answer of today is needed up to the conclusion, and asking
edits nothing. A mark that changed shows at the gate as changed facts."""

OURS = frozenset({_S.CONCLUDED, _S.PAID})
"""The phones are ours."""

ITEM_ACTIVE = frozenset({_I.OPEN, _I.OFFERED})
"""The item is still being dealt with; one IMEI may be active once over all stores."""


def next_state(state: DealState | None, action: Action) -> DealState | None:
    """Return the state that `action` leads to from `state`, or None where the table refuses it."""
    return TRANSITIONS.get((state, action))


def next_item_state(state: ItemState | None, action: ItemAction) -> ItemState | None:
    """Return the item state that `action` leads to, or None where the table refuses it."""
    return ITEM_TRANSITIONS.get((state, action))
