"""What the words of a unit are called on a page (staff only; a seller never sees a unit)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from inventory.units.policy import Channel, Disposition, Grade, UnitAction, UnitState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

STATE: Mapping[UnitState, "Lazy"] = {
    UnitState.QUARANTINE: _("in quarantine"),
    UnitState.ERASING: _("being erased"),
    UnitState.READY: _("ready to list"),
    UnitState.LISTED: _("listed for sale"),
    UnitState.SOLD: _("sold"),
    UnitState.RETURNED: _("returned by the buyer"),
    UnitState.DISMANTLED: _("dismantled"),
    UnitState.EXPORTED: _("exported"),
    UnitState.SCRAPPED: _("scrapped"),
}

GRADE: Mapping[Grade, "Lazy"] = {
    Grade.S: _("S (unused)"),
    Grade.A: _("A (very good)"),
    Grade.B: _("B (good)"),
    Grade.C: _("C (worn)"),
    Grade.J: _("J (junk)"),
}

DISPOSITION: Mapping[Disposition, "Lazy"] = {
    Disposition.RESALE: _("for resale"),
    Disposition.PARTS_ONLY: _("for parts only"),
    Disposition.REJECT: _("not bought"),
}

CHANNEL: Mapping[Channel, "Lazy"] = {
    Channel.DOMESTIC: _("in Japan"),
    Channel.OVERSEAS: _("overseas"),
    Channel.WIFI_ONLY: _("in Japan as Wi-Fi only"),
    Channel.PARTS: _("as parts"),
}

ACTION: Mapping[UnitAction, "Lazy"] = {
    UnitAction.RECEIVE: _("Received into stock"),
}

REFUSAL: Mapping[str, "Lazy"] = {
    "rejected-device": _("A device that was not bought cannot be put into stock."),
    "no-channel": _("A unit needs at least one channel on which it may be sold."),
    "restricted-domestic": _(
        "A device under a network restriction is never put on the channel in Japan."
    ),
    "imei-in-hand": _("A unit with this IMEI is in stock already."),
}
"""Why a unit is not taken into stock, or not moved."""
