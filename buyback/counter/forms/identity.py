"""The seller's particulars and the document that was shown, as typed at the counter."""

import unicodedata
from datetime import date, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from buyback.identity.policy import ACCEPTED, DOCUMENTS
from buyback.identity.services import Shown
from buyback.identity.wording import DOCUMENTS as DOCUMENTS_CALLED
from buyback.sellers.models import Seller
from buyback.sellers.occupations import OCCUPATIONS
from buyback.sellers.policy import Code
from buyback.sellers.services import Particulars
from buyback.sellers.wording import TABLE as SELLER_SENTENCES

MUST = {
    "family_name": Code.NAME_MISSING,
    "given_name": Code.NAME_MISSING,
    "family_kana": Code.KANA_MISSING,
    "given_kana": Code.KANA_MISSING,
    "birth_on": Code.BIRTH_DATE_MISSING,
    "postal_code": Code.POSTAL_CODE_MISSING,
    "address": Code.ADDRESS_MISSING,
    "phone": Code.PHONE_MISSING,
    "occupation": Code.OCCUPATION_MISSING,
}
"""What the law and the shop insist on, and what is said where it is missing."""

NAMED = {
    "family_name": _("Enter the family name."),
    "given_name": _("Enter the given name."),
    "family_kana": _("Enter the family name in katakana."),
    "given_kana": _("Enter the given name in katakana."),
}
"""Where a name stands in two fields, each says its own half."""

CONDITIONAL = {"data-conditional": "1"}
"""Needed for some documents only: not marked as optional (`shop.templatetags.fields`)."""


class DayInput(forms.DateInput):
    """The browser's own date picker, in the one format it understands."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A date as 2001-04-05, 2001/4/5 or 20010405; full-width digits are read too."""

    widget = DayInput

    def to_python(self, value: str | datetime | date | None) -> date | None:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip().replace("/", "-").replace(".", "-")
            if len(value) == 8 and value.isdigit():
                value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
        return super().to_python(value)


class SellerForm(forms.Form):
    """Who sells. Everything is checked by the service; this form only carries the texts."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    family_name = forms.CharField(label=_("Family name"), max_length=50, required=False)
    given_name = forms.CharField(label=_("Given name"), max_length=50, required=False)
    family_kana = forms.CharField(label=_("Family name (kana)"), max_length=50, required=False)
    given_kana = forms.CharField(label=_("Given name (kana)"), max_length=50, required=False)
    birth_on = DayField(label=_("Date of birth"), required=False)
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    occupation = forms.ChoiceField(
        label=_("Occupation"), choices=[("", "—"), *OCCUPATIONS.items()], required=False
    )
    workplace = forms.CharField(label=_("Workplace or school"), max_length=60, required=False)
    invoice_number = forms.CharField(
        label=_("Invoice registration number"),
        max_length=20,
        required=False,
        help_text=_("Only if the seller is registered: T and 13 digits."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # forwarded as they came
        for name, code in MUST.items():
            self.fields[name].required = True
            said = NAMED.get(name, SELLER_SENTENCES[code].staff)
            self.fields[name].error_messages["required"] = said
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @classmethod
    def of(cls, seller: Seller | None) -> "SellerForm":
        """Return the form showing `seller`, or empty with version 0."""
        if seller is None:
            return cls(initial={"version": 0})
        names = [name for name in cls.base_fields if name != "version"]
        return cls(
            initial={
                **{name: getattr(seller, name) for name in names},
                "version": seller.version,
            }
        )

    def particulars(self) -> Particulars:
        """Return what was typed, for the service; the form is valid."""
        data = dict(self.cleaned_data)
        data.pop("version")
        return Particulars(**data)


class ShownForm(forms.Form):
    """What a member of staff saw on the document: kind, dates, and a tick for each comparison."""

    document = forms.ChoiceField(
        label=_("Document"),
        choices=[(code, DOCUMENTS_CALLED[code]) for code in DOCUMENTS if code in ACCEPTED],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the document that was shown.")},
    )
    expires_on = DayField(
        label=_("Valid until"),
        required=False,
        widget=DayInput(attrs=CONDITIONAL),
        help_text=_("Every document but a certificate of driving history has one."),
    )
    issued_on = DayField(
        label=_("Issued on"),
        required=False,
        widget=DayInput(attrs=CONDITIONAL),
        help_text=_("Passport only: from 4 February 2020 on it shows no address."),
    )
    second_paper = forms.CharField(
        label=_("Second paper with the address"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={**CONDITIONAL, "autocomplete": "off"}),
        help_text=_("Only if the document shows no address, such as a newer passport."),
    )
    name_matches = forms.BooleanField(label=_("Name is the same"), required=False)
    address_matches = forms.BooleanField(label=_("Address is the same"), required=False)
    birth_matches = forms.BooleanField(label=_("Date of birth is the same"), required=False)
    photo_matches = forms.BooleanField(
        label=_("The person is the one on the photo"), required=False
    )

    def shown(self, method: str) -> Shown:
        """Return what was seen, for the service; the form is valid."""
        return Shown(method=method, **self.cleaned_data)
