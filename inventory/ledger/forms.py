"""Which days of the ledger to show."""

from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


def _day(label: "Lazy") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class PeriodForm(forms.Form):
    """From a day to a day, both included."""

    first = _day(_("From"))
    last = _day(_("To"))

    def clean(self) -> dict[str, object]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            raise ValidationError({"last": _("This day is before the first.")}, code="backwards")
        return cleaned

    def period(self, today: date) -> tuple[date, date]:
        """Return the days asked for; without any, or where wrong, this month until `today`."""
        if self.is_valid():
            return self.cleaned_data["first"], self.cleaned_data["last"]
        return today.replace(day=1), today
