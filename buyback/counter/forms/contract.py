"""The forms of the contract page: which language, the signature, the phone in our hand."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from buyback.contracts.models import Contract


class PrepareForm(forms.Form):
    """In which language the seller reads and signs."""

    language = forms.ChoiceField(
        label=_("Language of the seller"),
        choices=[("ja", "日本語"), ("en", "English")],
        widget=forms.RadioSelect,
    )


class Codes(forms.MultipleChoiceField):
    """Several codes of any text; whether they are the right ones is for the service to say."""

    def valid_value(self, value: object) -> bool:
        return True


class SignForm(forms.Form):
    """The ticks and the strokes of the seller, for exactly the contract that the page showed."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    contract = forms.IntegerField(widget=forms.HiddenInput)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)
    strokes = forms.CharField(widget=forms.HiddenInput, required=False)
    statements = Codes(required=False)

    @classmethod
    def of(cls, contract: Contract | None) -> "SignForm":
        """Return the form for `contract`, nothing ticked yet."""
        if contract is None:
            return cls()
        return cls(initial={"contract": contract.pk, "fingerprint": contract.fingerprint})

    @property
    def ticked(self) -> list[str]:
        """Return the codes that were ticked on a page that came back."""
        given: list[str] = self["statements"].value() or []
        return given


class ConcludeForm(forms.Form):
    """That a person holds the phone."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    phone_in_hand = forms.BooleanField(
        label=_("All devices of this contract are in our hands"), required=False
    )
