"""Payouts (支払): what settles the debt of a concluded contract."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyback.contracts.models import Conclusion
from buyback.deals.models import Deal
from shop.guards import known, on_change, refuse
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
        constraints = [known("method", PayoutMethod.values, name="payout_method_known")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            refuse(
                "payout_is_what_was_concluded",
                where="NOT EXISTS (SELECT FROM buyback_conclusion c"
                " WHERE c.id = NEW.conclusion_id AND c.total_yen = NEW.amount_yen)",
            ),
            refuse(
                "payout_is_from_the_deals_store",
                where="NOT EXISTS (SELECT FROM buyback_conclusion c"
                " JOIN buyback_deal d ON d.id = c.deal_id"
                " JOIN shop_drawer r ON r.store_id = d.store_id"
                " WHERE c.id = NEW.conclusion_id AND r.id = NEW.drawer_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_yen} for {self.conclusion_id}"


# A deal is paid exactly once there is a payout: the state never runs ahead of the money.
pgtrigger.register(
    refuse(
        "a_paid_deal_has_a_payout",
        operation=on_change("state"),
        where="NEW.state = 'paid' AND NOT EXISTS (SELECT FROM buyback_payout p"
        " JOIN buyback_conclusion c ON c.id = p.conclusion_id WHERE c.deal_id = NEW.id)",
    ),
)(Deal)
