"""What the check page sends: a question to the carriers, a person's mark, a hand-over."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from carriers.networks.answer import Mark

UNKNOWN = "unknown"
"""The button “could not tell”."""


class AskForm(forms.Form):
    """Ask the carriers; `again` asks those anew that have answered a moment ago."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def submission_key(self) -> UUID:
        """The key that makes a double click one question."""
        key: UUID = self.cleaned_data["key"]
        return key


class AnswerForm(forms.Form):
    """The mark a person read on the carrier's page."""

    mark = forms.ChoiceField(
        choices=[(mark.value, mark.value) for mark in Mark] + [(UNKNOWN, UNKNOWN)],
        error_messages={
            "required": _("Press the sign that the carrier's page shows."),
            "invalid_choice": _("Press one of the signs shown."),
        },
    )
    note = forms.CharField(max_length=200, required=False)

    @property
    def read_mark(self) -> Mark | None:
        """The mark, or None for “could not tell”."""
        value: str = self.cleaned_data["mark"]
        return None if value == UNKNOWN else Mark(value)


class ByHandForm(forms.Form):
    """A person answers instead; the reason is wanted where an answer is corrected."""

    reason = forms.CharField(max_length=200, required=False)
