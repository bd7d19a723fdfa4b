"""What each demo IMEI shows, said in a sentence, and which shape its answer has."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from carriers.sandbox.script import Road

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

ROAD: Mapping[Road, "Lazy"] = {
    Road.CLEAR: _("○ at docomo, － elsewhere: nothing is owed, a clean phone."),
    Road.AT_RISK: _("△ at SoftBank: instalments still run, the phone may be barred later."),
    Road.RESTRICTED: _("× at au: the network has barred the phone."),
    Road.UNLISTED: _("－ at every network: nobody knows the phone."),
    Road.TWO_IMEIS: _("Two IMEIs: ○ at Rakuten for the first, － for the second."),
    Road.SLOW: _("au takes six seconds to say ○; the others are shown at once."),
    Road.DOWN: _("SoftBank's site is out of service: no answer is never taken for ○."),
    Road.BROKEN: _("mineo's site breaks down at every try."),
    Road.CHANGED: _("au has changed its page: not understood is never taken for ○."),
    Road.HANG: _("docomo's site takes the call and stays silent."),
    Road.DRIP: _("mineo's answer drips in byte by byte, far too slowly."),
    Road.GARBAGE: _("Rakuten sends bytes that are no page."),
    Road.OTHER_IMEI: _("docomo answers about another phone: that answer is not taken."),
    Road.MAINTENANCE: _("au shows a maintenance page and calls it a success."),
    Road.TOO_MANY: _("docomo asks to come back later: the queue waits for it."),
}
"""Every road of the stand-in sites (`carriers.sandbox.script`)."""

SYMBOL: Mapping[Road, str] = {
    Road.CLEAR: "○",
    Road.AT_RISK: "△",
    Road.RESTRICTED: "×",
    Road.UNLISTED: "－",
    Road.TWO_IMEIS: "○",
    Road.SLOW: "○",
}
"""The sign that decides; a road without one ends in no answer (`…`)."""
