"""What an inspection can still lack before a price may be offered: codes and their sentences.

Which reasons speak for or against a phone is decided in `policy`; here stands only what is missing.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from shop.wording import Said, both, split


class Gate(StrEnum):
    """Every problem `queries.inspection_state` can answer with."""

    INCOMPLETE = "inspection-incomplete"
    REFUSED = "device-refused"


SENTENCES: Mapping[str, Said] = {
    Gate.INCOMPLETE: both(_("The inspection is not complete.")),
    Gate.REFUSED: split(
        _("We do not buy this device as it is. Cure the reason, or hand it back."),
        _("We cannot buy this item today. Please ask our staff."),
    ),
}
