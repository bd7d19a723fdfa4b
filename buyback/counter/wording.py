"""What the counter says: labels of stages, states and roles, durations, and every gate's sentence.

Only words. The sentences of problems stay with the packages that find them; this page knows where
to look them up.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from buyback.contracts import wording as contracts
from buyback.counter.policy import Stage
from buyback.deals import wording as deals
from buyback.deals.models import Item
from buyback.deals.policy import DealState
from buyback.identity import wording as identity
from buyback.inspection import wording as inspection
from buyback.payouts import wording as payouts
from buyback.pricing import wording as pricing
from buyback.sellers import wording as sellers
from carriers.checks import wording as checks
from carriers.checks.policy import Code as CheckCode
from carriers.wording import imei_sentence
from shop.problems import Problem
from shop.refusal import Speaker, first_who_knows
from shop.wording import Audience

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

STAGES: Mapping[Stage, "Lazy"] = {
    Stage.INTAKE: _("Intake"),
    Stage.CHECK: _("Carrier check"),
    Stage.INSPECTION: _("Inspection"),
    Stage.QUOTE: _("Quote"),
    Stage.IDENTITY: _("Identity"),
    Stage.CONTRACT: _("Contract"),
    Stage.PAYOUT: _("Payout"),
}

GO_TO: Mapping[Stage, "Lazy"] = {
    Stage.INTAKE: _("Go to intake"),
    Stage.CHECK: _("Go to the carrier check"),
    Stage.INSPECTION: _("Go to inspection"),
    Stage.QUOTE: _("Go to the quote"),
    Stage.IDENTITY: _("Go to identity"),
    Stage.CONTRACT: _("Go to the contract"),
    Stage.PAYOUT: _("Go to payout"),
}

WAITING_FOR_YES = _("The seller's yes to the quote")

DONE: Mapping[Stage, "Lazy"] = {
    Stage.INTAKE: _("Devices and models noted"),
    Stage.CHECK: _("Carriers asked"),
    Stage.INSPECTION: _("Inspection complete"),
    Stage.QUOTE: _("The seller said yes to the quote"),
    Stage.IDENTITY: _("Seller and identity"),
    Stage.CONTRACT: _("Contract signed and concluded"),
    Stage.PAYOUT: _("Paid"),
}
"""What is ticked off once a stage is in order."""

NEEDED: Mapping[Stage, "Lazy"] = {
    Stage.INTAKE: _("Take in a device"),
    Stage.CHECK: _("Ask the carriers"),
    Stage.INSPECTION: _("Inspect the devices"),
    Stage.QUOTE: _("Make an offer and ask the seller"),
    Stage.IDENTITY: _("Verify the seller's identity"),
    Stage.CONTRACT: _("Have the contract signed and conclude it"),
    Stage.PAYOUT: _("Pay the seller"),
}
"""What is still to be done at a stage that has no particular problem."""

FIELDS: Mapping[str, "Lazy"] = {
    "imei1": _("IMEI"),
    "imei2": _("IMEI2"),
    "variant": _("Model"),
    "colour": _("Colour"),
    "serial": _("Serial number"),
}
"""What an item's particulars are called on screen and in the history."""

SEARCH: Mapping[str, "Lazy"] = {
    "search-empty": _("Type a deal code, an IMEI or its last 4 digits, or the name in kana."),
    "search-code": _("This is no deal code of ours: one of its characters is wrong."),
    "search-unknown": _(
        "Search takes a deal code, an IMEI or its last 4 digits, or the name in kana."
    ),
}
"""Why a text in the search box was not understood (`buyback.counter.search`)."""

SPEAKERS: tuple[Speaker, ...] = (
    checks.sentence,
    inspection.sentence,
    pricing.sentence,
    sellers.sentence,
    identity.sentence,
    contracts.sentence,
    payouts.sentence,
    deals.sentence,
)
"""Where sentences are looked for, in this order. A code belongs to exactly one package."""


def problem_sentence(problem: Problem, audience: Audience = Audience.STAFF) -> str:
    """Return what `problem` says to `audience`, whichever package made it.

    Raises `KeyError` for a code nobody knows: a test walks all codes of all packages.
    """
    return first_who_knows(SPEAKERS, problem, audience)


def needed(stage: Stage, state: DealState) -> str:
    """Return what is still to be done at `stage` where nothing in particular is wrong."""
    if stage is Stage.QUOTE and state is DealState.OFFERED:
        return str(WAITING_FOR_YES)
    return str(NEEDED[stage])


def gate_sentence(problem: Problem, *, names_device: bool) -> str:
    """Return what `problem` says to staff, with the device in front where there are several."""
    position = problem.params.get("position")
    if problem.code == CheckCode.UNRESOLVED and problem.params.get("asked") == 0:
        text = str(NEEDED[Stage.CHECK])
    else:
        text = problem_sentence(problem)
    if not names_device or position is None:
        return text
    return _now("Device %(number)s: %(sentence)s") % {"number": position, "sentence": text}


def change_line(name: str, change: object) -> str:
    """Return one changed particular or answer: what it is called, before and after.

    `change` is `{"from": …, "to": …}` as the event keeps it.
    """
    before, after = (
        str(change.get(key) or "") if isinstance(change, Mapping) else "" for key in ("from", "to")
    )
    if name in inspection.QUESTIONS:
        label = inspection.question_label(name)
        before, after = (inspection.option_label(one) if one else "" for one in (before, after))
    else:
        label = str(FIELDS.get(name, name))
    return f"{label}: {before or '–'} → {after or '–'}"


def reason_line(reason: str) -> str:
    """Return why something was done: what a person wrote, or the sentence of a rule's code."""
    known = inspection.TABLE.get(reason)
    return _now("Reason: %(reason)s") % {"reason": str(known.staff) if known else reason}


def device_name(item: Item) -> str:
    """Return what a device is called on a list: its model and storage, or that it is not known."""
    return str(item.variant) if item.variant else _now("Model not known yet")


def search_sentence(code: str, length: int = 0) -> str:
    """Return why a search text was not understood; an IMEI's reasons are the IMEI's own."""
    if code in SEARCH:
        return str(SEARCH[code])
    return imei_sentence(code.removeprefix("imei-"), length)


def state_label(state: DealState) -> str:
    """Return the name of a deal's state in the active language."""
    return str(deals.STATES[state])


def duration(span: timedelta) -> str:
    """Return a waiting time as people say it: minutes up to an hour, then hours, then days."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return _now("%(minutes)s min") % {"minutes": minutes}
    if minutes < 24 * 60:
        return _now("%(hours)s h %(minutes)s min") % {
            "hours": minutes // 60,
            "minutes": minutes % 60,
        }
    return _now("%(days)s d") % {"days": minutes // (24 * 60)}
