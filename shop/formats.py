"""How amounts and days are written in the language of the page.

`58,000円` in Japanese, `¥58,000` in English; a deduction carries a real minus sign.
`2026年11月3日 14:05` and `3 November 2026, 14:05`, in the time of the shop.
"""

from datetime import date, datetime

from django.utils import dateformat, timezone
from django.utils.translation import gettext

MINUS = "−"


def yen(amount: int) -> str:
    """Return whole yen as text in the active language; negative amounts with a minus sign."""
    sign = MINUS if amount < 0 else ""
    return sign + gettext("¥%(amount)s") % {"amount": f"{abs(amount):,}"}


def yen_more(amount: int) -> str:
    """Return a change in yen with its sign, `+3,500円` or `−3,500円`."""
    return f"+{yen(amount)}" if amount > 0 else yen(amount)


def moment(at: datetime) -> str:
    """Return a day and time as people say them."""
    return dateformat.format(timezone.localtime(at), gettext("j F Y, H:i"))


def day(on: date) -> str:
    """Return a day as people say it."""
    return dateformat.format(on, gettext("j F Y"))
