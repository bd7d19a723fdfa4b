"""What an owner changes, as dated rows with history (DESIGN §2).

A definition says what a setting is called, its unit and the value it has until somebody sets it;
a row says from which day another value holds, for the company or for one store. The newest row
that has begun wins, a store's over the company's. Rows are never edited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.people.models import Store

Value = int | bool | str


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting: its default, its bounds where it is a number, and its unit."""

    default: Value
    unit: str
    minimum: int | None = None
    maximum: int | None = None


DEFINITIONS: Mapping[str, Definition] = {
    "quote_valid_days": Definition(3, "days", 1, 60),
    "check_fresh_days_for_quote": Definition(2, "days", 1, 30),
    "minimum_age": Definition(18, "years", 18, 99),
    "takes_at_risk": Definition(True, "yes/no"),
    "takes_hazards": Definition(False, "yes/no"),
    "channel_domestic": Definition(True, "yes/no"),
    "channel_overseas": Definition(False, "yes/no"),
    "channel_wifi_only": Definition(False, "yes/no"),
    "channel_parts": Definition(True, "yes/no"),
    "ledger_party_keep_years": Definition(7, "years", 3, 30),
}
"""Every setting the book knows. Freshness: DESIGN §4; age: law.md §4; ledger: law.md §2.4, §5.1."""


class Setting(models.Model):
    """One value that holds from `valid_from` on, with who set it and why."""

    key = models.CharField(max_length=60)
    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.PROTECT)
    value = models.JSONField()
    valid_from = models.DateField()
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["key", "valid_from"], name="setting_key_from")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.key} from {self.valid_from}"


def read_settings(*, store: Store, on: date) -> dict[str, Value]:
    """Return every setting as it holds in `store` on the day `on`: one query, all keys present."""
    values: dict[str, Value] = {key: d.default for key, d in DEFINITIONS.items()}
    rows = (
        Setting.objects.filter(valid_from__lte=on)
        .filter(models.Q(store=None) | models.Q(store=store))
        .order_by(models.F("store_id").asc(nulls_first=True), "valid_from", "pk")
    )
    for row in rows:
        if row.key in values:
            values[row.key] = row.value
    return values


def change_setting(
    *, key: str, value: Value, valid_from: date, reason: str, actor: User, store: Store | None
) -> Setting:
    """Write that `key` is `value` from `valid_from` on (for all stores where `store` is None).

    Raises `ValidationError` with code `unknown-setting`, `wrong-kind` or `out-of-range`.
    """
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise ValidationError(_("There is no such setting."), code="unknown-setting")
    if type(value) is not type(definition.default):
        raise ValidationError(_("This setting takes another kind of value."), code="wrong-kind")
    low, high = definition.minimum, definition.maximum
    if isinstance(value, int) and low is not None and high is not None and not low <= value <= high:
        raise ValidationError(
            _("Enter a number from %(low)s to %(high)s."),
            code="out-of-range",
            params={"low": low, "high": high},
        )
    return Setting.objects.create(
        key=key, value=value, valid_from=valid_from, reason=reason, set_by=actor, store=store
    )
