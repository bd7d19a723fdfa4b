"""Which days of the ledger to show."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class PeriodForm(forms.Form):
    """From a day to a day, both included. An empty form means this month until today."""

    first = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, object]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            raise ValidationError({"last": _("This day is before the first.")}, code="backwards")
        return cleaned

    def period(self, today: date) -> tuple[date, date]:
        """Return the days asked for; where one is missing or unreadable, this month and `today`."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        last: date = cleaned.get("last") or today
        first: date = cleaned.get("first") or last.replace(day=1)
        return first, last
