"""Payouts (支払): what settles the debt of a concluded contract."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyback.contracts.models import Conclusion
from shop.people.models import Drawer


class PayoutMethod(models.TextChoices):
    """How the money goes to the seller."""

    CASH = "cash", _("cash")


class Payout(models.Model):
    """Money paid for one concluded contract. Append-only; one per conclusion."""

    conclusion = models.OneToOneField(Conclusion, on_delete=models.PROTECT, related_name="payout")
    method = models.CharField(_("method"), max_length=10, choices=PayoutMethod.choices)
    drawer = models.ForeignKey(Drawer, on_delete=models.PROTECT, related_name="payouts")
    amount_yen = models.PositiveIntegerField(_("amount (yen)"))
    paid_at = models.DateTimeField()
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.amount_yen} for {self.conclusion_id}"
