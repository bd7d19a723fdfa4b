"""What a price says: the lines of a quote, the same for staff and seller, and refused books.

Only words. Which lines there are, and which books are refused, is decided in `policy`.
"""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buyback.inspection.questions import Part
from buyback.inspection.wording import CHANNELS, PARTS, fault_names
from buyback.pricing.gate import SENTENCES as GATE
from buyback.pricing.policy import Code, Line, LineCode, NoPrice
from inventory.units.policy import Channel
from shop.problems import Problem
from shop.wording import Audience, Said, both, say, split, staff_only

LINES: Mapping[str, Said] = {
    LineCode.BASE: both(_("Base price, grade %(grade)s")),
    LineCode.PARTS_VALUE: both(_("Price for its parts")),
    LineCode.CHANNEL: both(_("%(channel)s: %(percent)s %% of the base price")),
    LineCode.PART: both(_("%(part)s: %(faults)s")),
    LineCode.UNLISTED: both(_("Registered with no carrier (－)")),
    LineCode.AT_RISK: both(_("Payments may be open (△)")),
    LineCode.RESTRICTED: both(_("Under restriction (×)")),
    LineCode.ROUNDING: both(_("Rounded down to %(unit)s yen")),
    LineCode.CEILING: both(_("Highest price for this model")),
    LineCode.FLOOR: both(_("Raised to the lowest price of %(floor)s yen")),
}
"""Every line code."""

ONCE = _("%(part)s: %(faults)s (the same part, deducted once)")

TABLE: Mapping[str, Said] = {
    **GATE,
    NoPrice.code: split(
        _("There is no price: the phone is refused or not decided on yet."),
        _("There is no price yet."),
    ),
    Code.BASE_MISSING: staff_only(_("No base price for grade %(grade)s.")),
    Code.BASE_ORDER: staff_only(_("Grade %(worse)s would pay more than grade %(better)s.")),
    Code.DEDUCTION_MISSING: staff_only(_("No deduction for this part: %(part)s.")),
    Code.NEGATIVE: staff_only(_("A figure is below zero: %(figure)s, %(yen)s yen.")),
    Code.PERCENT_RANGE: staff_only(
        _("A percentage lies between 0 and 100: %(figure)s, %(percent)s %%.")
    ),
    Code.VERDICT_ORDER: staff_only(
        _("For grade %(grade)s, %(worse)s would pay more than %(better)s.")
    ),
    Code.PARTS_ABOVE_RESALE: staff_only(
        _("Parts (%(parts)s yen) would pay more than the lowest resale price (%(floor)s yen).")
    ),
    Code.FLOOR_ABOVE_BASE: staff_only(
        _("The lowest price (%(floor)s yen) is above a base price (%(base)s yen).")
    ),
    Code.FLOOR_ABOVE_CEILING: staff_only(
        _("The lowest price (%(floor)s yen) is above the highest (%(ceiling)s yen).")
    ),
    Code.ROUNDING: staff_only(_("Rounding needs a step of at least 1 yen, not %(yen)s.")),
}
"""Every problem code of `policy` and `gate`."""

_SYMBOLS = {"unlisted": "－", "at_risk": "△", "red": "×"}


def line_label(line: Line, audience: Audience = Audience.STAFF) -> str:
    """Return what a line of a quote is for, in the active language."""
    params: dict[str, object] = dict(line.params)
    if line.code is LineCode.CHANNEL:
        params["channel"] = CHANNELS[Channel(str(params["channel"]))]
    for name in ("unit", "floor"):
        if name in params:
            params[name] = f"{params[name]:,}"
    if line.code is LineCode.PART:
        faults = str(params["faults"]).split(",")
        params |= {"part": PARTS[Part(str(params["part"]))], "faults": fault_names(faults)}
        if len(faults) > 1:
            return str(ONCE) % params
    return say(LINES, line.code, params, audience)


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says. Raises `KeyError` for a code of another package."""
    params: dict[str, object] = dict(problem.params)
    if problem.code == Code.DEDUCTION_MISSING:
        params["part"] = PARTS[Part(str(params["part"]))]
    if problem.code == Code.VERDICT_ORDER:
        params |= {name: _SYMBOLS[str(params[name])] for name in ("better", "worse")}
    if "figure" in params:
        params["figure"] = figure_label(str(params["figure"]))
    return say(TABLE, problem.code, params, audience)


def figure_label(name: str) -> str:
    """Return the name of one figure of a book: ``base-S``, ``part-screen``, ``floor`` …"""
    kind, _sign, rest = name.partition("-")
    if kind == "base":
        return gettext("Base price, grade %(grade)s") % {"grade": rest}
    if kind == "part":
        return str(PARTS[Part(rest)])
    if kind == "channel":
        return str(CHANNELS[Channel(rest)])
    return str(_FIGURES[name])


_FIGURES = {
    "parts-value": _("Price for its parts"),
    "floor": _("Lowest price"),
    "ceiling": _("Highest price"),
    LineCode.UNLISTED.value: _("Registered with no carrier (－)"),
    LineCode.AT_RISK.value: _("Payments may be open (△)"),
    LineCode.RESTRICTED.value: _("Under restriction (×)"),
}
