"""The deal, its items, holds and history. Only `buyback.deals.transition` writes a state."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from buyback.deals.policy import ENDED, ITEM_ACTIVE, DealState, EventKind, ItemState
from buyback.sellers.models import Seller
from carriers.checks.models import Check
from inventory.catalogue.models import Variant
from shop.guards import claim_imeis, known, on_change, refuse
from shop.people.models import Store

RUNNING = [state.value for state in DealState if state not in ENDED]


class DealQuerySet(models.QuerySet["Deal"]):
    """The words in which lists of deals are asked for."""

    def of_store(self, store: Store) -> "DealQuerySet":
        """Deals of one store only."""
        return self.filter(store=store)

    def running(self) -> "DealQuerySet":
        """Deals in which something is still to be done."""
        # The words of the index `deal_running`, so that the planner knows it may be used.
        return self.filter(state__in=RUNNING)


class Deal(models.Model):
    """One seller, one visit (買取案件)."""

    code = models.CharField(_("deal code"), max_length=12, unique=True)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="deals")
    seller = models.ForeignKey(Seller, null=True, on_delete=models.PROTECT, related_name="deals")
    state = models.CharField(
        _("state"), max_length=12, choices=[(s.value, s.value) for s in DealState]
    )
    business_date = models.DateField(_("business date"))
    queue_number = models.PositiveSmallIntegerField(_("queue number"))
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state_since = models.DateTimeField(_("in this state since"))

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "business_date", "queue_number"], name="queue_number_once_a_day"
            ),
            known("state", DealState, name="deal_state_known"),
        ]
        indexes = [
            models.Index(fields=["store", "-opened_at", "-id"], name="deal_store_newest"),
            # What the board lists of earlier days: few, whatever the history.
            models.Index(
                fields=["store", "business_date", "queue_number"],
                condition=models.Q(state__in=RUNNING),
                name="deal_running",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Item(models.Model):
    """One device inside a deal (買取品)."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    variant = models.ForeignKey(
        Variant, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    colour = models.CharField(_("colour"), max_length=40, blank=True)
    imei1 = models.CharField("IMEI", max_length=15)
    imei2 = models.CharField("IMEI2", max_length=15, blank=True)
    imei1_tail = models.GeneratedField(
        expression=Right("imei1", 4), output_field=models.CharField(max_length=4), db_persist=True
    )
    serial = models.CharField(_("serial number"), max_length=40, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=[(s.value, s.value) for s in ItemState]
    )
    check_asked = models.ForeignKey(Check, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(fields=["deal", "position"], name="item_position_once"),
            models.CheckConstraint(
                condition=models.Q(imei1__regex=r"^[0-9]{15}$")
                & (models.Q(imei2="") | models.Q(imei2__regex=r"^[0-9]{15}$")),
                name="item_imeis_are_15_digits",
            ),
            models.CheckConstraint(
                condition=~models.Q(imei2=models.F("imei1")), name="item_imeis_differ"
            ),
            known("state", ItemState, name="item_state_known"),
        ]
        indexes = [
            models.Index(fields=["imei1"], name="item_imei1"),
            models.Index(fields=["imei2"], name="item_imei2"),
            models.Index(fields=["imei1_tail"], name="item_imei1_tail"),
        ]
        triggers = [
            claim_imeis(table="buyback_activeimei", column="item_id", states=ITEM_ACTIVE),
            # What the carriers said of another phone never counts for this one.
            refuse(
                "check_is_of_this_item",
                operation=on_change("check_asked_id", "imei1", "imei2"),
                where="NEW.check_asked_id IS NOT NULL AND NOT EXISTS (SELECT"
                " FROM carriers_check c WHERE c.id = NEW.check_asked_id"
                " AND c.imei1 = NEW.imei1 AND c.imei2 = NEW.imei2)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}/{self.position}"


class ActiveImei(models.Model):
    """An IMEI of an item still being dealt with: the same phone is in one deal, in any store.

    Kept by the trigger of `Item` and nobody else, so that no way of writing a state forgets it.
    """

    imei = models.CharField(max_length=15)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["imei"], name="one_active_item_per_imei"),
        ]

    def __str__(self) -> str:
        return self.imei


class DealEvent(models.Model):
    """One line of a deal's history. Append-only; a state never changes without one."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="events")
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in EventKind])
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """None is the system itself."""
    actor_name = models.CharField(max_length=150, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a deal")
        verbose_name_plural = _("events of deals")
        constraints = [known("kind", EventKind, name="deal_event_kind_known")]
        indexes = [models.Index(fields=["deal", "id"], name="event_of_deal")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            refuse(
                "event_and_item_are_of_one_deal",
                where="NEW.item_id IS NOT NULL AND NOT EXISTS (SELECT FROM buyback_item i"
                " WHERE i.id = NEW.item_id AND i.deal_id = NEW.deal_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.kind}"


class Hold(models.Model):
    """A flag with a reason that stops a deal until somebody lifts it (保留)."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=200)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["deal"],
                condition=models.Q(lifted_at__isnull=True),
                name="one_open_hold_per_deal",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="a_lifted_hold_says_who",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
