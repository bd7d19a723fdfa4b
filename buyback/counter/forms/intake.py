"""What is typed about a device: IMEIs, model, colour, serial number.

Reads and refuses what can be refused without the database's last word; that is the service's.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from buyback.deals.wording import imei_refusal
from carriers.imei import InvalidImei, parse_imei
from carriers.wording import IMEI
from inventory.catalogue.models import Variant

SCAN = {
    "inputmode": "numeric",
    "autocomplete": "off",
    "spellcheck": "false",
    "data-scan": "next",
    "class": "imei",
}
"""A field for a USB scanner: Enter goes to the next field (`static/js/scanner.js`)."""

HINT = {
    "hx-post": reverse_lazy("counter:imei-hint"),
    "hx-trigger": "change",
    "hx-target": "#imei-hint",
    "hx-sync": "closest form:abort",
}
"""Shows at once where an IMEI is known; the form works the same without it."""

Choices = list[tuple[str, str | list[tuple[str, str]]]]


def variant_choices(variants: Iterable[Variant]) -> Choices:
    """Return the models for a select, one group per maker, “not known yet” first.

    `variants` come in order of maker from `inventory.catalogue.queries.variants`.
    """
    grouped: Choices = [("", str(_("Not known yet")))]
    for maker, rows in groupby(variants, key=lambda variant: variant.model.maker):
        grouped.append((str(maker), [(str(row.pk), str(row)) for row in rows]))
    return grouped


class ParticularsForm(forms.Form):
    """What may still be changed of a device that was taken in."""

    imei2 = forms.CharField(
        label=_("IMEI2"),
        required=False,
        max_length=200,
        help_text=_("Dual-SIM phones have a second one; *#06# shows both."),
        widget=forms.TextInput({**SCAN, **HINT}),
    )
    variant = forms.TypedChoiceField(
        label=_("Model"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select({"data-scan": ""}),
    )
    colour = forms.CharField(label=_("Colour"), required=False, max_length=40)
    serial = forms.CharField(
        label=_("Serial number"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        variants: Iterable[Variant],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        cast("forms.TypedChoiceField", self.fields["variant"]).choices = variant_choices(variants)

    def clean_imei2(self) -> str:
        """Refuse what is no IMEI; empty is fine."""
        text: str = self.cleaned_data["imei2"]
        return read_imei(text, field="imei2") if text else ""


class VersionedForm(ParticularsForm):
    """The particulars with the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DeviceForm(ParticularsForm):
    """A device that is taken in now."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    imei = forms.CharField(
        label=_("IMEI"),
        max_length=200,
        help_text=_("15 digits: type *#06# on the phone, or scan the box."),
        widget=forms.TextInput({**SCAN, **HINT, "autofocus": True}),
        error_messages={"required": IMEI["empty"]},
    )
    field_order = ("key", "imei", "imei2", "variant", "colour", "serial")

    def clean_imei(self) -> str:
        """Refuse what is no IMEI."""
        return read_imei(self.cleaned_data["imei"], field="imei")


class ReturnForm(forms.Form):
    """Why one device is given back before it was bought."""

    reason = forms.CharField(label=_("Why the device is given back"), max_length=200)


def read_imei(text: str, *, field: str) -> str:
    """Return the 15 digits in `text`; raises `ValidationError` with the reason beside `field`."""
    try:
        return parse_imei(text).digits
    except InvalidImei as error:
        raise imei_refusal(error, field=field) from error


def typed_imeis(form: forms.Form) -> list[str]:
    """Return the IMEIs (15 digits) that a bound form holds, whatever else is wrong with them."""
    found = []
    for name in ("imei", "imei2"):
        try:
            found.append(parse_imei(form.data.get(name, "")).digits)
        except InvalidImei:
            continue
    return found


def add_refusal(form: forms.Form, error: ValidationError) -> None:
    """Put a service's refusal beside the field it names, or above the form."""
    params = error.params if hasattr(error, "params") else None
    field = str((params or {}).get("field", ""))
    form.add_error(field if field in form.fields else None, error)
