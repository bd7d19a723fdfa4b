"""What the managers' pages say about networks and about what needs attention. Only words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


class NetworkNote(StrEnum):
    """Something to know beside the mode of a network."""

    OFF = "off"
    NOT_WAITED_FOR = "not_waited_for"
    STAND_IN = "stand_in"
    NO_SITE = "no_site"
    NO_GATEWAY = "no_gateway"


NETWORK_NOTES: Mapping[NetworkNote, "Lazy"] = {
    NetworkNote.OFF: _("Not asked: a restriction (×) of this carrier stays unknown to us."),
    NetworkNote.NOT_WAITED_FOR: _(
        "A verdict may say “no restriction” although this carrier has not answered."
    ),
    NetworkNote.STAND_IN: _(
        "Stand-in sites of the demo are asked, not the carrier. Their answers count nowhere else."
    ),
    NetworkNote.NO_SITE: _(
        "Set to automatic, but no site may be asked yet: staff answer by hand meanwhile."
    ),
    NetworkNote.NO_GATEWAY: _("No paid service is connected: staff answer by hand meanwhile."),
}
