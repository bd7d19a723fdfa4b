"""What can stand between a device and an offer, or between an offer and the seller's yes.

Codes and their sentences only; the questions themselves are asked in `queries`.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from shop.wording import Said, both, split


class Gate(StrEnum):
    """Every problem of the offer gate and the accept gate that starts here."""

    NO_ITEMS = "no-items"
    NO_VARIANT = "variant-missing"
    NO_PRICE = "price-missing"
    NOT_OFFERED = "quote-missing"
    EXPIRED = "quote-expired"
    FACTS_CHANGED = "facts-changed"
    OFFER_CHANGED = "offer-changed"


_NO_LONGER = _("This offer no longer holds. Our staff will tell you how we go on.")
"""What the seller reads of an offer that fell, whatever the reason."""

SENTENCES: Mapping[str, Said] = {
    Gate.NO_ITEMS: both(_("There is no device left in this deal to make an offer for.")),
    Gate.NO_VARIANT: both(_("Choose the model and storage of this device first.")),
    Gate.NO_PRICE: both(_("Today's price book has no price for this device.")),
    Gate.NOT_OFFERED: both(_("There is no offer for this device yet.")),
    Gate.EXPIRED: split(_("The offer has expired. Please make a new one."), _NO_LONGER),
    Gate.FACTS_CHANGED: split(
        _("What the offer was made from has changed since. Please make a new one."), _NO_LONGER
    ),
    Gate.OFFER_CHANGED: split(
        _("The offer has changed since this page was opened. Please look at the new one."),
        _NO_LONGER,
    ),
}
