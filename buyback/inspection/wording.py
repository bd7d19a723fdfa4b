"""What the inspection says: questions, options, faults, grades, reasons and remedies.

Only words. Suspicion and what comes near it is for staff alone: the seller gets one neutral
sentence. What a reason leads to is decided in `policy`.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buyback.inspection.gate import SENTENCES as GATE
from buyback.inspection.policy import Code, Remedy
from buyback.inspection.questions import Code as AnswerCode
from buyback.inspection.questions import Fault, Part
from inventory.units.policy import Channel, Disposition, Grade
from shop.problems import Problem
from shop.wording import Audience, Said, both, say, split, staff_only

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

QUESTIONS: Mapping[str, "Lazy"] = {
    "power_on": _("Does it power on?"),
    "exterior": _("Condition outside"),
    "display": _("Display (lines, spots, burn-in)"),
    "glass": _("Front glass"),
    "touch": _("Touch everywhere"),
    "back": _("Back glass or cover"),
    "bent": _("Is the frame bent?"),
    "camera": _("Cameras"),
    "speaker_mic": _("Speakers and microphones"),
    "buttons": _("Buttons and switches"),
    "biometrics": _("Face or fingerprint unlock"),
    "radio": _("Mobile network"),
    "wifi": _("Wi-Fi"),
    "charging": _("Charging"),
    "liquid": _("Are there signs of liquid?"),
    "battery": _("Battery health (%)"),
    "battery_swollen": _("Is the battery swollen?"),
    "account_lock": _("Find My, Google or Galaxy account lock"),
    "mdm": _("Company management (MDM) or remote lock"),
    "sim_lock": _("SIM lock"),
    "giteki": _("Technical conformity mark (giteki)"),
    "erasable": _("Can it be erased?"),
    "accessories_box": _("Box and accessories"),
    "altered_imei": _("Was the IMEI altered, or does the screen differ from the engraving?"),
    "suspicion": _("Is there any suspicion that it was stolen?"),
}

OPTIONS: Mapping[str, "Lazy"] = {
    "yes": _("Yes"),
    "no": _("No"),
    "works": _("Works"),
    "faulty": _("Faulty"),
    "not_tested": _("Could not be tested"),
    "on": _("On"),
    "off": _("Off"),
    "unknown": _("Unknown"),
    "intact": _("Intact"),
    "cracked": _("Cracked"),
    "unused": _("Unused"),
    "clean": _("Hardly any scratches"),
    "normal": _("Normal signs of use"),
    "scratched": _("Many or deep scratches"),
    "unlocked": _("Unlocked"),
    "locked": _("Locked"),
    "present": _("Present"),
    "absent": _("Absent"),
    "complete": _("Complete"),
    "missing": _("Missing"),
}

FAULTS: Mapping[Fault, "Lazy"] = {
    Fault.NO_POWER: _("Does not power on"),
    Fault.DISPLAY_FAULTY: _("Display faulty"),
    Fault.GLASS_CRACKED: _("Front glass cracked"),
    Fault.TOUCH_FAULTY: _("Touch faulty"),
    Fault.BACK_CRACKED: _("Back cracked"),
    Fault.BENT: _("Frame bent"),
    Fault.CAMERA_FAULTY: _("Camera faulty"),
    Fault.SOUND_FAULTY: _("Speaker or microphone faulty"),
    Fault.BUTTONS_FAULTY: _("Button faulty"),
    Fault.BIOMETRICS_FAULTY: _("Face or fingerprint unlock faulty"),
    Fault.RADIO_FAULTY: _("Mobile network faulty"),
    Fault.WIFI_FAULTY: _("Wi-Fi faulty"),
    Fault.CHARGING_FAULTY: _("Does not charge"),
    Fault.LIQUID_DAMAGE: _("Signs of liquid"),
    Fault.BATTERY_WORN: _("Battery worn"),
    Fault.BATTERY_SWOLLEN: _("Battery swollen"),
    Fault.SIM_LOCKED: _("SIM locked"),
    Fault.BOX_MISSING: _("Box or accessories missing"),
}

PARTS: Mapping[Part, "Lazy"] = {
    Part.SCREEN: _("Screen"),
    Part.BODY: _("Body"),
    Part.CAMERA: _("Camera"),
    Part.AUDIO: _("Sound"),
    Part.BUTTONS: _("Buttons"),
    Part.BIOMETRICS: _("Face or fingerprint unlock"),
    Part.RADIO: _("Radio"),
    Part.CHARGING: _("Charging port"),
    Part.BOARD: _("Main board"),
    Part.BATTERY: _("Battery"),
    Part.SIM_LOCK: _("SIM lock"),
    Part.ACCESSORIES: _("Box and accessories"),
}

GRADES: Mapping[Grade, "Lazy"] = {
    Grade.S: _("S: unused"),
    Grade.A: _("A: hardly any signs of use"),
    Grade.B: _("B: normal signs of use"),
    Grade.C: _("C: many signs of use"),
    Grade.J: _("J: junk, sold with its reason"),
}

DISPOSITIONS: Mapping[Disposition, "Lazy"] = {
    Disposition.RESALE: _("Resale"),
    Disposition.PARTS_ONLY: _("Parts only"),
    Disposition.REJECT: _("Not bought"),
}

CHANNELS: Mapping[Channel, "Lazy"] = {
    Channel.DOMESTIC: _("Sale in Japan"),
    Channel.OVERSEAS: _("Sale overseas"),
    Channel.WIFI_ONLY: _("Sale as Wi-Fi only"),
    Channel.PARTS: _("Parts"),
}

REMEDIES: Mapping[Remedy, Said] = {
    Remedy.LIFT_ACCOUNT_LOCK: both(
        _("Sign out of Find My, Google or the Galaxy account on the phone.")
    ),
    Remedy.LIFT_MDM: both(_("Have the company that manages the phone release it.")),
    Remedy.WAIT_FOR_CHECK: both(_("Wait for the remaining carriers to answer.")),
    Remedy.PROVE_OWNERSHIP: both(
        _("Show the carrier's contract in the same name as the identity document.")
    ),
    Remedy.PAY_OFF: both(_("Pay up the instalments; two days later △ becomes ○.")),
    Remedy.UNLOCK_SIM: both(_("Lift the SIM lock on the carrier's site (free of charge).")),
}

TABLE: Mapping[str, Said] = {
    **GATE,
    Code.SUSPICION: staff_only(
        _("Suspicion was recorded. Do not buy; tell the police at once (law, article 15-3).")
    ),
    Code.ALTERED_IMEI: staff_only(
        _("The IMEI was altered. Do not buy; tell the police at once (law, article 15-3).")
    ),
    Code.NOTICE: staff_only(
        _("It matches a police notice. Do not buy; tell the police at once (law, article 19).")
    ),
    Code.GSMA: staff_only(_("It is listed as stolen abroad. Do not buy; tell the police at once.")),
    Code.ACCOUNT_LOCK: both(_("The account lock (Find My, Google or Galaxy) is on.")),
    Code.MDM: both(_("The phone is managed by a company (MDM) or locked from afar.")),
    Code.UNRESOLVED: both(_("No decision before the carrier check has a verdict.")),
    Code.NO_PROOF: split(
        _("Under restriction (×) and without proof of ownership: do not buy."),
        _("We can take a phone under restriction only with proof of ownership."),
    ),
    Code.SWOLLEN: split(
        _("Swollen battery: never ship it. Parts only where the store takes hazards."),
        _("The battery is swollen, so the phone can be taken for parts at most."),
    ),
    Code.NOT_ERASABLE: split(
        _("It cannot be erased: parts only, and the board is destroyed."),
        _("It cannot be erased, so it is taken for parts and the board is destroyed."),
    ),
    Code.RED: split(
        _("Under restriction (×): never for normal sale in Japan."),
        _("The phone is under restriction (×)."),
    ),
    Code.AT_RISK: split(
        _("Payments may be open (△): the △ rule and the pledge apply."),
        _("Payments on the phone may still be open (△)."),
    ),
    Code.AT_RISK_REFUSED: split(
        _("This store does not resell phones with △."),
        _("This store takes phones with open payments for parts at most."),
    ),
    Code.NO_GITEKI: both(_("Without the technical conformity mark it is not sold in Japan.")),
    Code.NOT_REPAIRABLE: both(_("It cannot be repaired economically.")),
    Code.NO_CHANNEL: split(
        _("None of this store's channels is open for it."),
        _("We cannot buy this phone at this store."),
    ),
    AnswerCode.MISSING: both(_("Not answered yet: %(question)s")),
    AnswerCode.NOT_AN_OPTION: both(_("Choose one of the answers: %(question)s")),
    AnswerCode.BATTERY_NUMBER: both(
        _("Enter the battery health as a whole number, or choose “Unknown”.")
    ),
    AnswerCode.BATTERY_RANGE: both(_("Battery health lies between 1 and 100 %%.")),
    AnswerCode.CONTRADICT: both(
        _(
            "These contradict each other: “%(first)s %(first_answer)s” and "
            "“%(second)s %(second_answer)s”."
        )
    ),
    AnswerCode.NOT_TESTED: both(
        _("Test it: only a dead phone, display or touch excuses that. %(question)s")
    ),
}
"""Every code of the package."""


def question_label(code: str) -> str:
    """Return a question in the active language."""
    return str(QUESTIONS[code])


def option_label(code: str) -> str:
    """Return an answer in the active language; digits (battery) read as a percentage."""
    return str(OPTIONS[code]) if code in OPTIONS else f"{code}%"


def fault_names(codes: Iterable[str]) -> str:
    """Return several faults as one list in the active language."""
    return gettext(", ").join(str(FAULTS[Fault(code)]) for code in codes)


_LABELLED = {
    "question": question_label,
    "first": question_label,
    "second": question_label,
    "first_answer": option_label,
    "second_answer": option_label,
}


def sentence(problem: Problem, audience: Audience) -> str:
    """Return what `problem` says. Raises `KeyError` for a code of another package."""
    params = {
        name: _LABELLED[name](str(value)) if name in _LABELLED else value
        for name, value in problem.params.items()
    }
    return say(TABLE, problem.code, params, audience)


def reason(code: Code, audience: Audience) -> str:
    """Return why the decision is as it is."""
    return say(TABLE, code, {}, audience)


def remedy_sentence(remedy: Remedy, audience: Audience) -> str:
    """Return what the seller could still do."""
    return say({remedy.value: REMEDIES[remedy]}, remedy.value, {}, audience)
