"""Price books and quotes.

A book has only `valid_from`; the next one ends it. A quote keeps its inputs and lines, so that it
can be recomputed to the same yen years later; it is never edited, a new one is made.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyback.deals.models import Item
from carriers.checks.policy import Verdict
from inventory.catalogue.models import Variant
from inventory.units.policy import Channel, Disposition, Grade
from shop.guards import known


class PriceBook(models.Model):
    """Dated prices (買取価格表) with the figures that hold for all variants."""

    name = models.CharField(_("name"), max_length=80)
    valid_from = models.DateField(_("valid from"), unique=True)
    is_sample = models.BooleanField(_("sample (見本)"))
    at_risk_percent = models.PositiveSmallIntegerField(_("△ deduction (percent of base)"))
    overseas_percent = models.PositiveSmallIntegerField(_("overseas price (percent of base)"))
    wifi_only_percent = models.PositiveSmallIntegerField(_("Wi-Fi only price (percent of base)"))
    parts_percent = models.PositiveSmallIntegerField(_("parts price (percent of the J base)"))
    rounding_yen = models.PositiveIntegerField(_("rounding (yen)"))
    floor_yen = models.PositiveIntegerField(_("floor (yen)"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("price book")
        verbose_name_plural = _("price books")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    at_risk_percent__lte=100,
                    overseas_percent__lte=100,
                    wifi_only_percent__lte=100,
                    parts_percent__lte=100,
                    rounding_yen__gte=1,
                ),
                name="book_percents_and_rounding",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BasePrice(models.Model):
    """What a variant of a grade is worth before deductions, on the domestic channel."""

    book = models.ForeignKey(PriceBook, on_delete=models.PROTECT, related_name="base_prices")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    grade = models.CharField(_("grade"), max_length=1, choices=[(g.value, g.value) for g in Grade])
    yen = models.PositiveIntegerField(_("yen"))

    class Meta:
        verbose_name = _("base price")
        verbose_name_plural = _("base prices")
        constraints = [
            models.UniqueConstraint(
                fields=["book", "variant", "grade"], name="base_price_once_per_grade"
            ),
            known("grade", Grade, name="base_price_grade_known"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id} {self.grade}: {self.yen}"


class PartDeduction(models.Model):
    """What a faulty part takes off, in percent of the base price; once per part."""

    book = models.ForeignKey(PriceBook, on_delete=models.PROTECT, related_name="deductions")
    part = models.CharField(_("part"), max_length=20)
    percent = models.PositiveSmallIntegerField(_("percent of base"))

    class Meta:
        verbose_name = _("deduction")
        verbose_name_plural = _("deductions")
        constraints = [
            models.UniqueConstraint(fields=["book", "part"], name="deduction_once_per_part"),
            models.CheckConstraint(
                condition=models.Q(percent__lte=100), name="deduction_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part}: {self.percent} %"


class Quote(models.Model):
    """The book's answer for one item (見積), with everything it was made from. Append-only."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="quotes")
    number = models.PositiveSmallIntegerField(_("number"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    valid_until = models.DateTimeField(_("valid until"))
    book = models.ForeignKey(PriceBook, on_delete=models.PROTECT, related_name="+")
    rule_version = models.CharField(max_length=20)
    grade = models.CharField(max_length=1, choices=[(g.value, g.value) for g in Grade])
    verdict = models.CharField(max_length=16)
    disposition = models.CharField(max_length=12, choices=[(d.value, d.value) for d in Disposition])
    channels = models.JSONField()
    facts = models.JSONField()
    """What the quote was made from, as plain values; `fingerprint` is made from this."""
    lines = models.JSONField()
    """[{code, params, yen}, …]; the same lines for staff and seller."""
    total_yen = models.PositiveIntegerField(_("total (yen)"))
    fingerprint = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="quote_number_once"),
            known("grade", Grade, name="quote_grade_known"),
            known("disposition", Disposition, name="quote_disposition_known"),
            models.CheckConstraint(
                condition=~models.Q(disposition=Disposition.REJECT.value),
                name="a_rejected_device_has_no_quote",
            ),
            known(
                "verdict",
                [verdict for verdict in Verdict if verdict is not Verdict.UNRESOLVED],
                name="an_unresolved_check_has_no_quote",
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict=Verdict.RED.value)
                | ~models.Q(channels__contains=Channel.DOMESTIC.value),
                name="a_red_quote_is_never_domestic",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("made_at")),
                name="a_quote_holds_a_while",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"quote {self.number} of {self.item_id}"

    @property
    def channel_set(self) -> frozenset[Channel]:
        """The channels as enum members."""
        return frozenset(Channel(value) for value in self.channels)
