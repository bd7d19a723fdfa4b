"""The two small forms of the frame: why a deal is held back, why it is cancelled."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HoldForm(forms.Form):
    """Why a deal is held back."""

    reason = forms.CharField(label=_("Why the deal is held back"), max_length=200)


class CancelForm(forms.Form):
    """Why a deal is cancelled."""

    reason = forms.CharField(label=_("Why the deal is cancelled"), max_length=200)
