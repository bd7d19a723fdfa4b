"""Sentences about an IMEI that was refused. Which text is an IMEI is decided in `carriers.imei`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from shop.wording import Audience, both, say

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

LENGTHS: Mapping[int, "Lazy"] = {
    14: _("This has 14 digits: the last one, the check digit, is missing."),
    16: _("This has 16 digits: it is an IMEISV. Enter the 15 digits of the IMEI."),
    32: _("This is an EID, the number of the eSIM. Enter the 15 digits of the IMEI."),
}
"""Lengths that say what was typed instead."""

IMEI: Mapping[str, "Lazy"] = {
    "empty": _("Enter or scan the IMEI."),
    "not-digits": _("An IMEI has digits only. Look for other characters in what you typed."),
    "length": _("An IMEI has 15 digits; this has %(length)s."),
    "check-digit": _("This is not a correct IMEI: the last digit does not fit the others."),
}
"""Every `InvalidImei.code`."""


def imei_sentence(code: str, length: int = 0) -> str:
    """Return why a text is no IMEI, in the active language, the same for staff and seller.

    `code` and `length` (characters after cleaning) are those of `InvalidImei`. Raises `KeyError`
    for an unknown code.
    """
    text = LENGTHS.get(length, IMEI[code]) if code == "length" else IMEI[code]
    return say({code: both(text)}, code, {"length": length}, Audience.STAFF)
