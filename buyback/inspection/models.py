"""What a person found on a device (査定)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyback.deals.models import Item


class Inspection(models.Model):
    """The answers to the question list for one item; `complete` when every question has one."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="inspection")
    questions_version = models.CharField(max_length=20)
    answers = models.JSONField(default=dict)
    """Question code → option code (or a number as text)."""
    complete = models.BooleanField(default=False)
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    inspected_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")

    def __str__(self) -> str:
        return f"inspection of {self.item_id}"
