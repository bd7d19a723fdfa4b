"""Sentences and labels of deals: refusals, gate problems, states and the lines of the history.

Only words. Which refusal applies is decided in `services`; who may read a history is the page's
business. A test walks all codes, states and kinds in both languages.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from buyback.deals.policy import DealState, EventKind, ItemState
from carriers.imei import InvalidImei
from carriers.wording import imei_sentence
from shop.problems import Problem
from shop.wording import Audience, Said, both, say, staff_only

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

STATES: Mapping[DealState, "Lazy"] = {
    DealState.OPEN: _("In progress"),
    DealState.OFFERED: _("Quote offered"),
    DealState.ACCEPTED: _("Quote accepted"),
    DealState.SIGNED: _("Signed"),
    DealState.CONCLUDED: _("Concluded, to be paid"),
    DealState.PAID: _("Paid"),
    DealState.DECLINED: _("Declined by the seller"),
    DealState.CANCELLED: _("Cancelled"),
    DealState.EXPIRED: _("Quote expired"),
}

ITEM_STATES: Mapping[ItemState, "Lazy"] = {
    ItemState.OPEN: _("Being looked at"),
    ItemState.OFFERED: _("Quote offered"),
    ItemState.BOUGHT: _("Bought"),
    ItemState.DECLINED: _("Declined by the seller"),
    ItemState.REJECTED: _("Not bought"),
    ItemState.RETURNED: _("Given back"),
}

EVENTS: Mapping[EventKind, "Lazy"] = {
    EventKind.OPENED: _("The deal was opened."),
    EventKind.OFFERED: _("The quote was offered."),
    EventKind.ACCEPTED: _("The seller accepted the quote."),
    EventKind.DECLINED: _("The seller declined."),
    EventKind.EXPIRED: _("The quote ran out."),
    EventKind.SIGNED: _("The seller signed the contract."),
    EventKind.CONCLUDED: _("The contract was concluded; the devices are ours."),
    EventKind.PAID: _("The seller was paid."),
    EventKind.CANCELLED: _("The deal was cancelled."),
    EventKind.ITEM_ADDED: _("A device was taken in."),
    EventKind.ITEM_OFFERED: _("A price was offered for the device."),
    EventKind.ITEM_DECLINED: _("The seller kept the device."),
    EventKind.ITEM_REJECTED: _("The device is not bought."),
    EventKind.ITEM_BOUGHT: _("The device was bought."),
    EventKind.ITEM_RETURNED: _("The device was given back."),
    EventKind.ITEM_CHANGED: _("The particulars of the device were changed."),
    EventKind.SELLER_RECORDED: _("The seller's particulars were recorded."),
    EventKind.CHECK_REQUESTED: _("The carriers were asked."),
    EventKind.INSPECTION_RECORDED: _("The inspection was recorded."),
    EventKind.IDENTITY_RECORDED: _("The seller's identity was verified."),
    EventKind.CONTRACT_PREPARED: _("The contract was prepared."),
    EventKind.HOLD_PLACED: _("The deal was put on hold."),
    EventKind.HOLD_LIFTED: _("The hold was lifted."),
}

REFUSALS: Mapping[str, "Lazy"] = {
    "not-now": _("This is not possible any more. Reload the page to see where the deal stands."),
    "stale": _("Somebody else saved this in the meantime. Compare both values and save again."),
    "imei-twice": _("This is the same number as the first IMEI."),
    "imei-active-here": _("This device is already in deal %(code)s."),
    "imei-active-elsewhere": _("This device is being dealt with in another store right now."),
    "imei-in-hand-here": _("This device is already in our stock as %(unit)s."),
    "imei-in-hand-elsewhere": _("This device is in the stock of another store."),
    "unknown-variant": _("Choose a model from the list."),
    "reason-missing": _("Enter a reason."),
    "already-held": _("This deal is already on hold."),
    "not-held": _("This deal is not on hold any more."),
}

TABLE: Mapping[str, Said] = {
    **{code: both(text) for code, text in REFUSALS.items()},
    "on-hold": staff_only(_("The deal is on hold: %(reason)s")),
}
"""Every code of this package with its sentence for staff and for the seller."""


def refusal(code: str, /, *, field: str = "", **params: str | int) -> ValidationError:
    """Return the refusal `code` as staff read it; `field` names the input it belongs to, if any."""
    return ValidationError(REFUSALS[code], code=code, params={"field": field, **params})


def imei_refusal(error: InvalidImei, *, field: str) -> ValidationError:
    """Return the refusal for a text that is no IMEI: code `imei-` and the error's own code."""
    return ValidationError(
        imei_sentence(error.code, error.length),
        code=f"imei-{error.code}",
        params={"field": field},
    )


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says to `audience`. Raises `KeyError` for a code of another package."""
    return say(TABLE, problem.code, problem.params, audience)
