"""How an amount of money is written: grouped, with the sign of the page's language.

`58,000円` in Japanese, `¥58,000` in English; a deduction carries a real minus sign.
"""

from django.utils.translation import gettext

MINUS = "−"


def yen(amount: int) -> str:
    """Return whole yen as text in the active language; negative amounts with a minus sign."""
    sign = MINUS if amount < 0 else ""
    return sign + gettext("¥%(amount)s") % {"amount": f"{abs(amount):,}"}


def yen_more(amount: int) -> str:
    """Return a change in yen with its sign, `+3,500円` or `−3,500円`."""
    return f"+{yen(amount)}" if amount > 0 else yen(amount)
