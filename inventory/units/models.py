"""Devices the shop owns. A unit is born when a contract is concluded."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from inventory.catalogue.models import Variant
from inventory.units.policy import IN_HAND, Channel, Disposition, Grade, UnitAction, UnitState
from shop.guards import claim_imeis, known
from shop.people.models import Store


class Unit(models.Model):
    """One device in stock (在庫), under its own code, with what we paid for it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="units")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    colour = models.CharField(_("colour"), max_length=40, blank=True)
    imei1 = models.CharField("IMEI", max_length=15)
    imei2 = models.CharField("IMEI2", max_length=15, blank=True)
    imei1_tail = models.GeneratedField(
        expression=Right("imei1", 4), output_field=models.CharField(max_length=4), db_persist=True
    )
    serial = models.CharField(_("serial number"), max_length=40, blank=True)
    grade = models.CharField(_("grade"), max_length=1, choices=[(g.value, g.value) for g in Grade])
    disposition = models.CharField(
        _("disposition"), max_length=12, choices=[(d.value, d.value) for d in Disposition]
    )
    channels = ArrayField(
        models.CharField(max_length=12, choices=[(c.value, c.value) for c in Channel])
    )
    under_restriction = models.BooleanField(_("under a network restriction (赤ロム)"))
    cost_yen = models.PositiveIntegerField(_("cost (yen)"))
    state = models.CharField(
        _("state"), max_length=12, choices=[(s.value, s.value) for s in UnitState]
    )
    acquired_at = models.DateTimeField(_("acquired at"))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imei1__regex=r"^[0-9]{15}$")
                & (models.Q(imei2="") | models.Q(imei2__regex=r"^[0-9]{15}$")),
                name="unit_imeis_are_15_digits",
            ),
            models.CheckConstraint(
                condition=~models.Q(imei2=models.F("imei1")), name="unit_imeis_differ"
            ),
            known("state", UnitState, name="unit_state_known"),
            known("grade", Grade, name="unit_grade_known"),
            known("disposition", Disposition, name="unit_disposition_known"),
            models.CheckConstraint(
                condition=models.Q(channels__contained_by=[c.value for c in Channel])
                & ~models.Q(channels=[]),
                name="unit_channels_known",
            ),
            # A restricted unit is never sold at home with the guarantee (DESIGN §5).
            models.CheckConstraint(
                condition=models.Q(under_restriction=False)
                | ~models.Q(channels__contains=[Channel.DOMESTIC.value]),
                name="restricted_unit_never_domestic",
            ),
            models.CheckConstraint(
                condition=~models.Q(disposition=Disposition.REJECT.value),
                name="a_rejected_device_is_never_a_unit",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-acquired_at", "-id"], name="unit_store_newest"),
            models.Index(fields=["store", "state", "-acquired_at", "-id"], name="unit_store_state"),
            models.Index(fields=["imei1"], name="unit_imei1"),
            models.Index(fields=["imei2"], name="unit_imei2"),
            models.Index(fields=["imei1_tail"], name="unit_imei1_tail"),
        ]
        triggers = [
            claim_imeis(table="inventory_imeiinhand", column="unit_id", states=IN_HAND),
        ]

    def __str__(self) -> str:
        return self.code


class ImeiInHand(models.Model):
    """An IMEI of a unit that is physically ours. Kept by the trigger of `Unit` and nobody else."""

    imei = models.CharField(max_length=15)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["imei"], name="one_unit_in_hand_per_imei"),
        ]

    def __str__(self) -> str:
        return self.imei


class UnitEvent(models.Model):
    """What happened to a unit. Append-only, written with the state it explains."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="events")
    action = models.CharField(max_length=20, choices=[(a.value, a.value) for a in UnitAction])
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a unit")
        verbose_name_plural = _("events of units")
        constraints = [
            known("action", UnitAction, name="unit_event_action_known"),
            known("from_state", UnitState, name="unit_event_from_known", blank=True),
            known("to_state", UnitState, name="unit_event_to_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.action}"
