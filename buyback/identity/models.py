"""Identity (本人確認): the methods the shop uses and what was found.

A method is a row with its legal basis and dates, because the rules change by date (law.md §1.4).
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from buyback.deals.models import Deal
from buyback.sellers.models import Seller
from shop.guards import refuse


class IdentityMethod(models.Model):
    """One way of verifying a person, with its legal basis."""

    code = models.SlugField(unique=True)
    basis = models.CharField(_("legal basis"), max_length=80)
    name_ja = models.CharField(_("name in Japanese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("method of verification")
        verbose_name_plural = _("methods of verification")

    def __str__(self) -> str:
        return self.name_ja if (get_language() or "ja").startswith("ja") else self.name_en


class IdentityRecord(models.Model):
    """That a document was presented and what it showed. Append-only; the newest counts.

    No number and no picture of the document is kept: at the counter the law asks for the method
    (law.md §1.5).
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="identity_records")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey(IdentityMethod, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(_("document"), max_length=40)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    birth_on = models.DateField(_("date of birth on the document"))
    name_matches = models.BooleanField(_("name matches"))
    address_matches = models.BooleanField(_("address matches"))
    birth_matches = models.BooleanField(_("date of birth matches"))
    photo_matches = models.BooleanField(_("photo matches the person"))
    second_paper = models.CharField(_("second paper with the address"), max_length=80, blank=True)
    age_on_day = models.PositiveSmallIntegerField(_("age on the day (years)"))
    seller_fingerprint = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    shown_on = models.DateField(_("shown on"))
    verified_at = models.DateTimeField()
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("record of identity")
        verbose_name_plural = _("records of identity")
        constraints = [
            # No row is written for a document that proves nothing.
            models.CheckConstraint(
                condition=models.Q(name_matches=True, birth_matches=True, photo_matches=True)
                & (models.Q(address_matches=True) | ~models.Q(second_paper="")),
                name="identity_shows_the_person",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True)
                | models.Q(expires_on__gte=models.F("shown_on")),
                name="identity_not_expired_when_shown",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            refuse(
                "identity_is_of_the_deals_seller",
                where="NOT EXISTS (SELECT FROM buyback_deal d"
                " WHERE d.id = NEW.deal_id AND d.seller_id = NEW.seller_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"identity for {self.deal_id}"
