"""What the carrier check says to people: networks, marks, failures, verdicts and gate problems.

Only words. What the verdict is, and what stops a deal, is decided in `policy`.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from carriers.checks.policy import Code, LookupState, Mode, Requirement, Verdict, VerdictReport
from carriers.networks.answer import SYMBOLS, Failure, Mark
from carriers.pace.breaker import Cause, State
from shop.problems import Problem
from shop.wording import Audience, Said, both, say, split

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

NETWORKS: Mapping[str, "Lazy"] = {
    "docomo": _("docomo"),
    "kddi": _("au / UQ"),
    "softbank": _("SoftBank"),
    "rakuten": _("Rakuten Mobile"),
    "mineo": _("mineo"),
}

MARKS: Mapping[Mark, "Lazy"] = {
    Mark.CLEAR: _("No restriction"),
    Mark.AT_RISK: _("Payments may be open"),
    Mark.RESTRICTED: _("Restricted"),
    Mark.UNLISTED: _("Not registered"),
}

FAILURES: Mapping[str, Said] = {
    Failure.UNREADABLE: split(
        _("The carrier's page was not understood; it may have changed. Check it by hand."),
        _("The carrier's answer has to be checked by hand."),
    ),
    Failure.UNAVAILABLE: split(
        _("The carrier did not answer. Ask again, or check it by hand."),
        _("The carrier did not answer. We will ask again."),
    ),
    Failure.REJECTED_INPUT: split(
        _("The carrier refused this IMEI. Compare it with the phone and ask again."),
        _("The carrier refused this IMEI. Please compare it with your phone."),
    ),
}

STATES: Mapping[LookupState, "Lazy"] = {
    LookupState.QUEUED: _("Waiting for its turn"),
    LookupState.RUNNING: _("Asking now"),
    LookupState.RETRY: _("Will be asked again"),
    LookupState.ASSISTED: _("To be checked by hand"),
    LookupState.ANSWERED: _("Answered"),
    LookupState.FAILED: _("No answer"),
}

MODES: Mapping[Mode, "Lazy"] = {
    Mode.ASSISTED: _("By hand: staff open the carrier's page"),
    Mode.WEB: _("Automatic: the carrier's page is read"),
    Mode.GATEWAY: _("A paid service is asked"),
    Mode.OFF: _("Not asked"),
}

REQUIREMENTS: Mapping[Requirement, "Lazy"] = {
    Requirement.REQUIRED: _("The verdict waits for it"),
    Requirement.ASKED: _("Asked, but not waited for"),
}

BREAKER_CAUSES: Mapping[Cause, "Lazy"] = {
    Cause.IN_A_ROW: _("several questions in a row came to nothing"),
    Cause.MOSTLY: _("most questions came to nothing"),
    Cause.WAITED: _("its time was over"),
    Cause.PROBE_FAILED: _("a try came to nothing"),
    Cause.PROBE_ANSWERED: _("a try was answered"),
    Cause.OPENED_BY_HAND: _("switched off by a manager"),
    Cause.CLOSED_BY_HAND: _("switched on by a manager"),
}

BREAKER_STATES: Mapping[str, "Lazy"] = {
    State.CLOSED: _("Asked automatically."),
    State.OPEN: _(
        "Not asked automatically since %(since)s: %(cause)s. Please answer by hand."
        " It is tried again by itself at %(until)s."
    ),
    "open-by-hand": _(
        "Not asked automatically since %(since)s: switched off by %(name)s (%(reason)s)."
        " Please answer by hand."
    ),
    State.HALF_OPEN: _("Tried with one question since %(since)s; an answer switches it on again."),
}
"""Where a network's breaker stands. `open-by-hand` waits for a manager."""

TITLES: Mapping[Verdict, "Lazy"] = {
    Verdict.WHITE: _("No restriction"),
    Verdict.AT_RISK: _("Payments may be open (△)"),
    Verdict.RED: _("Under restriction (×)"),
    Verdict.UNLISTED: _("No carrier knows this phone (－)"),
    Verdict.UNRESOLVED: _("No verdict yet (%(answered)s of %(asked)s carriers)"),
    Verdict.NOT_APPLICABLE: _("No carrier check needed"),
}

SENTENCES: Mapping[str, Said] = {
    Verdict.WHITE: split(
        _("○ at %(deciding)s. It can be bought at the normal price; ○ can still change later."),
        _("○ at %(deciding)s: there is no restriction on your phone."),
    ),
    Verdict.AT_RISK: split(
        _("△ at %(deciding)s: payments may be open there. The △ rule and the pledge apply."),
        _("△ at %(deciding)s: payments may be open. Once they are paid up, △ becomes ○."),
    ),
    Verdict.RED: split(
        _("× at %(deciding)s. Do not buy without proof of ownership; never for sale in Japan."),
        _("× at %(deciding)s: the phone is restricted there, and carriers do not lift this."),
    ),
    Verdict.UNLISTED: split(
        _("－ everywhere: normal for a phone from a maker or an MVNO. Compare the IMEI once more."),
        _("No carrier has your phone on its list, as is normal for one bought from a maker."),
    ),
    Verdict.NOT_APPLICABLE: both(_("This device has no mobile modem.")),
    "resolved": split(
        _("A manager stands in for %(resolved)s, which did not answer: the △ price applies."),
        _("%(resolved)s did not answer: the △ price applies."),
    ),
    "so-far": both(_("So far %(symbol)s at %(deciding)s: %(mark)s.")),
    "waiting": both(_("Waiting for the answer of %(waiting)s.")),
    "nobody-asked": split(_("No carrier was asked yet."), _("We have not asked the carriers yet.")),
}

TABLE: Mapping[str, Said] = {
    Code.UNRESOLVED: split(
        _("The carrier check is open: %(answered)s of %(asked)s answered. Missing: %(networks)s."),
        _("We are waiting for the carriers' answers (%(answered)s of %(asked)s)."),
    ),
    Code.STALE: split(
        _("Answers are older than %(days)s days: %(networks)s. Ask again."),
        _("The carriers' answers are too old. We will ask again."),
    ),
    Code.NOT_TODAY: split(
        _("A contract needs answers of today. Ask again: %(networks)s."),
        _("The carriers must be asked again today."),
    ),
    Code.STAND_IN: split(
        _("These answers come from a practice site, not from the carrier: %(networks)s."),
        _("The carriers must be asked again."),
    ),
    Code.NAMED_UNLISTED: split(
        _("The phone names %(network)s, but %(network)s does not know it. Look twice."),
        _("%(network)s does not know this phone. Our staff will compare the number."),
    ),
    Code.RESOLVE_OVER_RESTRICTED: split(
        _("A × cannot be overruled."), _("The phone is under restriction.")
    ),
    Code.RESOLVE_ANSWERED: split(
        _("%(network)s is not waiting for an answer."), _("%(network)s has answered.")
    ),
    Code.RESOLVE_LIMIT: split(
        _("A manager may stand in for %(limit)s carrier of a check, not for more."),
        _("We are waiting for the carriers' answers."),
    ),
}
"""Every problem code of `policy`."""


def network_name(code: str) -> str:
    """Return the name of a network; an unknown one is named by its code."""
    return str(NETWORKS.get(code, code))


def network_names(codes: Iterable[str]) -> str:
    """Return several names as one list in the active language."""
    return gettext(", ").join(network_name(code) for code in codes)


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says. Raises `KeyError` for a code of another package."""
    params: dict[str, object] = dict(problem.params)
    if "network" in params:
        params["network"] = network_name(str(params["network"]))
    if "networks" in params:
        params["networks"] = network_names(str(params["networks"]).split(","))
    return say(TABLE, problem.code, params, audience)


def failure_sentence(failure: Failure, audience: Audience) -> str:
    """Return what a failed lookup says."""
    return say(FAILURES, failure, {}, audience)


def verdict_title(report: VerdictReport) -> str:
    """Return the verdict in a few words, with how many of how many networks answered."""
    return str(TITLES[report.verdict]) % {"answered": report.answered, "asked": report.asked}


def verdict_sentence(report: VerdictReport, audience: Audience) -> str:
    """Return what the verdict means and what to do, in one or two sentences."""
    if report.verdict is not Verdict.UNRESOLVED:
        code = "resolved" if report.resolved and report.verdict is Verdict.AT_RISK else None
        return say(SENTENCES, code or report.verdict, _params(report), audience)
    parts = (
        ("so-far", report.so_far is not None),
        ("waiting", bool(report.waiting)),
        ("nobody-asked", not report.asked),
    )
    said = [say(SENTENCES, code, _params(report), audience) for code, applies in parts if applies]
    return " ".join(said)


def _params(report: VerdictReport) -> dict[str, object]:
    mark = report.so_far
    return {
        "deciding": network_names(network for network, _mark in report.deciding),
        "waiting": network_names(report.waiting),
        "resolved": network_names(report.resolved),
        "symbol": SYMBOLS[mark] if mark else "",
        "mark": MARKS[mark] if mark else "",
    }
