"""What an owner changes, as dated rows with history (DESIGN §2).

A definition says what a setting is called, its unit and the value it has until somebody sets it;
a row says from which day another value holds, for the company or for one store. The newest row
that has begun wins, a store's over the company's. Rows are never edited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.people.models import Store

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

Value = int | bool | str


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting: its default, its words, its unit, and its bounds where it is a number.

    `help` says what follows from it, `source` where the default comes from.
    """

    default: Value
    label: "Lazy"
    help: "Lazy"
    source: "Lazy"
    unit: "Lazy"
    minimum: int | None = None
    maximum: int | None = None


DAYS, YEARS, YES_NO = _("days"), _("years"), _("yes or no")
YEARS_OLD = _("years old")
BY_THE_HOUSE = _("The shop's own choice.")

DEFINITIONS: Mapping[str, Definition] = {
    "quote_valid_days": Definition(
        3,
        _("How long a quote holds"),
        _("After that a quote is ended by itself and has to be made again."),
        BY_THE_HOUSE,
        DAYS,
        1,
        60,
    ),
    "check_fresh_days_for_quote": Definition(
        2,
        _("How old a carrier's answer may be for a quote"),
        _("For the contract every answer is of the same day, whatever stands here."),
        _("The carriers show a payment by the day after next (docs/carriers.md, 1)."),
        DAYS,
        1,
        30,
    ),
    "minimum_age": Definition(
        18,
        _("Lowest age of a seller"),
        _("Asked and computed on the day of the contract. There is no way around it."),
        _("Adult age is 18; your prefecture may ask for more (docs/law.md, 4)."),
        YEARS_OLD,
        18,
        99,
    ),
    "takes_at_risk": Definition(
        True,
        _("Buy phones with △"),
        _("Yes: for less money and with a pledge. No: for parts at most."),
        BY_THE_HOUSE,
        YES_NO,
    ),
    "takes_hazards": Definition(
        False,
        _("Take swollen batteries"),
        _("Yes: for parts, never shipped. No: such a phone is not bought."),
        _("A swollen battery is never shipped (docs/law.md, 8.4)."),
        YES_NO,
    ),
    "channel_domestic": Definition(
        True,
        _("Sell in Japan"),
        _("For ○ and －, and for △ where it is bought. A phone with × never goes there."),
        BY_THE_HOUSE,
        YES_NO,
    ),
    "channel_overseas": Definition(
        False,
        _("Sell abroad"),
        _("Also a way for phones with × whose seller has proved to own them."),
        _("Export has rules of its own (docs/law.md, 8.6)."),
        YES_NO,
    ),
    "channel_wifi_only": Definition(
        False,
        _("Sell as Wi-Fi only"),
        _("For phones with × that work otherwise: the restriction is said wherever they are sold."),
        _("Closed until the shop decides."),
        YES_NO,
    ),
    "channel_parts": Definition(
        True,
        _("Take phones for parts"),
        _("No: what cannot be sold whole is not bought."),
        BY_THE_HOUSE,
        YES_NO,
    ),
    "ledger_party_keep_years": Definition(
        7,
        _("How long the ledger keeps the seller's particulars"),
        _("Counts for entries written from then on. The entry itself stays for good."),
        _("Three years at least; seven for tax (docs/law.md, 2.4 and 5.1)."),
        YEARS,
        3,
        30,
    ),
}
"""Every setting the book knows."""


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


def rows_for(store: Store) -> models.QuerySet[Setting]:
    """Return all rows that can hold in `store`, weakest first: of those begun the last wins."""
    return Setting.objects.filter(models.Q(store=None) | models.Q(store=store)).order_by(
        models.F("store_id").asc(nulls_first=True), "valid_from", "pk"
    )


def read_settings(*, store: Store, on: date) -> dict[str, Value]:
    """Return every setting as it holds in `store` on the day `on`: one query, all keys present."""
    values: dict[str, Value] = {key: d.default for key, d in DEFINITIONS.items()}
    for row in rows_for(store).filter(valid_from__lte=on):
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
