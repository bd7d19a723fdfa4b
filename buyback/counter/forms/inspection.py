"""The inspection sheet as a form: what was typed, what is saved, and how each question is shown.

The rules of the answers stay with `buyback.inspection.questions`; here an answer is only carried
from the page to the service and back, so that nothing typed is lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from buyback.inspection import wording
from buyback.inspection.policy import Code
from buyback.inspection.questions import QUESTIONS, Question
from buyback.inspection.services import REJECT_REASONS
from shop.wording import Audience

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

UNKNOWN = "unknown"

HELP: Mapping[str, "Lazy"] = {
    "exterior": _("Look at edges, camera ring and frame under the lamp."),
    "display": _("White, black and grey picture at full brightness."),
    "touch": _("Drag an icon over the whole screen, edges too."),
    "camera": _("Front and back, focus, flash, spots on a white wall."),
    "speaker_mic": _("Record a voice memo and play it back; earpiece too."),
    "radio": _("With our test SIM: a call and mobile data."),
    "charging": _("By cable and, where it has it, wireless."),
    "liquid": _("The indicator in the SIM tray, or fog behind the camera glass."),
    "battery": _(
        "iPhone: Settings → Battery → Battery health. Tick “Unknown” where it is not shown."
    ),
    "battery_swollen": _("A lifted screen or a rocking phone: do not press it flat."),
    "account_lock": _("The seller signs out here, before the phone is erased."),
    "mdm": _("Settings → General → VPN and device management; look for a company's name."),
    "sim_lock": _("Settings → General → About → Carrier lock."),
    "giteki": _("Settings → General → Legal and regulatory."),
    "erasable": _("Can all content be erased here and now?"),
    "altered_imei": _("Compare *#06#, tray and engraving."),
    "suspicion": _("Does not know the passcode, hurries, other person's name on the screen …"),
}
"""Where and how to look, for those questions that need it."""


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One answer to choose."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question as the page shows it; `theirs` is what somebody else saved meanwhile."""

    code: str
    label: str
    help: str
    options: tuple[OptionRow, ...]
    percent: bool
    typed: str
    errors: tuple[str, ...]
    theirs: str


class InspectionSheet:
    """The answers on the page: those just sent, else those saved."""

    def __init__(self, saved: Mapping[str, str], sent: Mapping[str, str] | None = None) -> None:
        self.saved = saved
        self.sent = sent
        self.errors: dict[str, list[str]] = {}
        self.general: list[str] = []
        self.is_stale = False

    @property
    def version(self) -> int:
        """The version the person saw (0: nothing was saved); a forged one is simply stale."""
        text = (self.sent or {}).get("version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def answers(self) -> dict[str, str]:
        """Return question code → what was sent, with the battery's two fields as one."""
        sent = self.sent or {}
        found = {question.code: sent.get(question.code, "")[:40] for question in QUESTIONS}
        for question in QUESTIONS:
            if question.percent and sent.get(f"{question.code}-{UNKNOWN}"):
                found[question.code] = f"{found[question.code]} {UNKNOWN}".strip()
        return found

    def refuse(self, error: ValidationError) -> None:
        """Keep the sentences of a refusal, beside their questions where they name one."""
        if hasattr(error, "error_dict"):
            for code, found in error.message_dict.items():
                self.errors[code] = list(found)
        else:
            self.general += error.messages

    def rows(self, *, staff_only: bool) -> tuple[QuestionRow, ...]:
        """Return the questions in the order of the sheet, those for staff alone apart."""
        return tuple(self._row(q) for q in QUESTIONS if q.staff_only is staff_only)

    def wrong(self) -> list[tuple[str, str]]:
        """Return (question code, label) of every question with an error, in order."""
        codes = [question.code for question in QUESTIONS if question.code in self.errors]
        return [(code, wording.question_label(code)) for code in codes]

    def _row(self, question: Question) -> QuestionRow:
        now = self.saved if self.sent is None else self.answers()
        value = now.get(question.code, "")
        saved = self.saved.get(question.code, "")
        chosen = value.split() if question.percent else [value]
        typed = " ".join(word for word in chosen if word != UNKNOWN) if question.percent else ""
        return QuestionRow(
            code=question.code,
            label=wording.question_label(question.code),
            help=str(HELP.get(question.code, "")),
            options=tuple(
                OptionRow(option.code, wording.option_label(option.code), option.code in chosen)
                for option in question.options
            ),
            percent=question.percent,
            typed=typed,
            errors=tuple(self.errors.get(question.code, ())),
            theirs=self._theirs(saved) if self.is_stale and saved != value else "",
        )

    def _theirs(self, saved: str) -> str:
        return wording.option_label(saved) if saved else str(_("no answer"))


class RejectForm(forms.Form):
    """Why a device is not bought."""

    reason = forms.ChoiceField(label=_("Why we do not buy it"))

    def __init__(self, data: Mapping[str, str] | None = None, first: Iterable[Code] = ()) -> None:
        super().__init__(data, prefix="reject")
        likely = [code for code in first if code in REJECT_REASONS]
        others = [code for code in REJECT_REASONS if code not in likely]
        choices = [
            (code.value, wording.reason(code, Audience.STAFF)) for code in (*likely, *others)
        ]
        blank = [] if likely else [("", str(_("Choose a reason")))]
        field = self.fields["reason"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*blank, *choices]
