"""The managers' forms: dated settings, networks, people, the contract text.

Digits and dates may be typed in full width. Every form that writes carries a key, so that the same
form sent twice has one effect.
"""

import unicodedata
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.desk.manage.services import OFFERED
from carriers.checks.policy import Mode, Requirement
from carriers.checks.services import NetworkRule
from carriers.checks.wording import MODES, REQUIREMENTS
from shop.people.policy import GIVES, Role
from shop.people.wording import ROLE, ROLE_MAY
from shop.settings_book import DEFINITIONS, Value

HERE, EVERYWHERE = "store", "company"
YES, NO = "yes", "no"


def narrow(text: str) -> str:
    """Return what was typed in half width, without spaces around it."""
    return unicodedata.normalize("NFKC", text).strip()


class DayInput(forms.DateInput):
    """The browser's own date picker, in the one format it understands."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A date; full-width digits and slashes are read too."""

    widget = DayInput

    def to_python(self, value: str | datetime | date | None) -> date | None:
        if isinstance(value, str):
            value = narrow(value).replace("/", "-").replace(".", "-")
        return super().to_python(value)


class NumberField(forms.CharField):
    """A whole number; full-width digits are read too."""

    default_error_messages = {"digits": _("Enter a whole number.")}  # noqa: RUF012  # Django's form

    def to_python(self, value: object) -> int | None:  # type: ignore[override]  # a number comes out
        text = narrow(str(value or ""))
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise ValidationError(self.error_messages["digits"], code="digits")
        return int(text)

    def validate(self, value: object) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: object) -> None:
        """Bounds are the settings book's to know."""


class KeyedForm(forms.Form):
    """A form with an effect that happens once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def refused(self, error: ValidationError, names: dict[str, str], otherwise: str | None) -> None:
        """Show what the service refused beside the field that `names` gives for its code or key.

        What it does not name goes beside the field `otherwise`, or above the form.
        """
        if hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                field = names.get(name, name)
                self.add_error(field if field in self.fields else otherwise, errors)
        else:
            self.add_error(names.get(getattr(error, "code", None) or "", otherwise), error)


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )


class SettingForm(KeyedForm):
    """Another value for one setting, from a day on."""

    value: forms.Field
    valid_from = DayField(label=_("From which day"), initial=timezone.localdate)
    scope = forms.ChoiceField(
        label=_("Where it holds"),
        choices=(
            (HERE, _("This store")),
            (EVERYWHERE, _("All stores without a value of their own")),
        ),
        initial=HERE,
        widget=forms.RadioSelect,
    )
    reason = _reason()
    field_order = ("value", "valid_from", "scope", "reason", "key")

    def __init__(self, data: Any = None, *, setting: str, now: Value, may_company: bool) -> None:
        super().__init__(data, prefix=setting)
        self.may_company = may_company
        definition = DEFINITIONS[setting]
        if isinstance(definition.default, bool):
            choices = ((YES, _("Yes")), (NO, _("No")))
            first = YES if now else NO
            self.fields["value"] = forms.ChoiceField(
                label=_("New value"), choices=choices, initial=first, widget=forms.RadioSelect
            )
        else:
            bounds = {"low": definition.minimum, "high": definition.maximum}
            self.fields["value"] = NumberField(
                label=_("New value (%(unit)s)") % {"unit": definition.unit},
                initial=now,
                help_text=_("From %(low)s to %(high)s.") % bounds,
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            )
        if not may_company:
            del self.fields["scope"]
        self.order_fields(self.field_order)

    def new_value(self) -> Value:
        """Return the value of a valid form in its setting's kind."""
        value: Value = self.cleaned_data["value"]
        return value == YES if isinstance(value, str) else value

    def everywhere(self) -> bool:
        """Tell whether a valid form is for the whole company."""
        return bool(self.cleaned_data.get("scope") == EVERYWHERE)


class NetworkForm(KeyedForm):
    """How one network is asked, from a day on."""

    mode = forms.ChoiceField(
        label=_("How it is asked"),
        choices=[(mode.value, MODES[mode]) for mode in OFFERED],
        widget=forms.RadioSelect,
    )
    requirement = forms.ChoiceField(
        label=_("Does the verdict wait for it?"),
        choices=[(requirement.value, REQUIREMENTS[requirement]) for requirement in Requirement],
        widget=forms.RadioSelect,
    )
    valid_from = DayField(
        label=_("From which day"),
        initial=timezone.localdate,
        help_text=_("Today: at once. A later day: from 0:00."),
    )
    reason = _reason()
    understood = forms.BooleanField(
        label=_("I have read what this means for the verdict"), required=False
    )

    def __init__(self, data: Any = None, *, network: str, now: NetworkRule, mode: Mode) -> None:
        initial = {
            "mode": mode.value,
            "requirement": Requirement.REQUIRED if now.required else Requirement.ASKED,
        }
        super().__init__(data, prefix=network, initial=initial)
        self.waits_now = now.required and mode is not Mode.OFF

    def clean(self) -> dict[str, Any]:
        """Want a tick where the verdict would no longer wait for this network."""
        data = super().clean() or {}
        waits = data.get("mode") != Mode.OFF and data.get("requirement") == Requirement.REQUIRED
        if self.waits_now and not waits and not data.get("understood"):
            self.add_error(
                "understood",
                ValidationError(
                    _("Read what follows from this, then tick here."), code="not-understood"
                ),
            )
        return data


def _roles(giver: Role) -> list[tuple[str, str]]:
    given = GIVES.get(giver, frozenset())
    return [(role.value, f"{ROLE[role]} — {ROLE_MAY[role]}") for role in Role if role in given]


class RoleField(forms.TypedChoiceField):
    """One of the roles that `giver` may give."""

    def __init__(self, giver: Role) -> None:
        super().__init__(
            label=_("Role"),
            choices=lambda: _roles(giver),
            coerce=Role,
            widget=forms.RadioSelect,
        )


class PersonForm(KeyedForm):
    """Somebody who begins to work here."""

    family_name = forms.CharField(label=_("Family name"), max_length=150)
    given_name = forms.CharField(label=_("Given name"), max_length=150)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("3 to 30 letters from a to z, digits, . _ or -."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("Mail address"), required=False, widget=forms.EmailInput({"autocomplete": "off"})
    )

    def __init__(self, data: Any = None, *, giver: Role) -> None:
        super().__init__(data)
        self.fields["role"] = RoleField(giver)


class BringForm(KeyedForm):
    """Somebody with an account who begins to work in this store too."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)

    def __init__(self, data: Any = None, *, giver: Role, people: list[tuple[int, str]]) -> None:
        super().__init__(data, prefix="bring")
        self.fields["person"].choices = [("", "－"), *people]  # type: ignore[attr-defined]  # a choice field
        self.fields["role"] = RoleField(giver)


class RoleForm(forms.Form):
    """Another role; `before` is the one that the page showed."""

    before = forms.TypedChoiceField(
        choices=[(role.value, role.value) for role in Role], coerce=Role, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, giver: Role, now: Role) -> None:
        super().__init__(data, initial={"before": now.value, "role": now.value})
        self.fields["role"] = RoleField(giver)


class LeaveForm(forms.Form):
    """Taking access away, after a tick."""

    sure = forms.BooleanField(label=_("This person no longer works in this store"))


class AdoptForm(KeyedForm):
    """Using a contract text in this store, after reading it."""

    text = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31)
    read = forms.BooleanField(label=_("I have read this text in both languages, and we use it"))
