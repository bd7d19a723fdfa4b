"""The small forms of the quote page: each act once, and the yes to one named offer."""

from uuid import uuid4

from django import forms


class OnceForm(forms.Form):
    """An act that happens once per shown page."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class AcceptForm(OnceForm):
    """The seller's yes; `offer` is the fingerprint of the offer that the page showed."""

    offer = forms.CharField(widget=forms.HiddenInput, max_length=64)
