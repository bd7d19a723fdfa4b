"""The police ledger (古物台帳), append-only and chained per store.

The party (name, address, occupation, age) stands in its own row so that it can be deleted after
its term while the chain still verifies: an entry carries a salted digest of the party only.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.guards import known, refuse
from shop.people.models import Store


class EntryKind(models.TextChoices):
    """受入れ, 払出し, or a line that strikes out an earlier one (訂正)."""

    RECEIVE = "receive", _("received")
    HAND_OVER = "hand_over", _("handed over")
    STRIKE_OUT = "strike_out", _("struck out")


class LedgerHead(models.Model):
    """The end of a store's chain: lock this row to append."""

    store = models.OneToOneField(Store, on_delete=models.PROTECT, related_name="ledger_head")
    seq = models.PositiveBigIntegerField(default=0)
    entry_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.store_id}: {self.seq}"


class LedgerEntry(models.Model):
    """One line of the ledger, one line per device (古物営業法16条)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="ledger_entries")
    seq = models.PositiveBigIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind.choices)
    dealt_on = models.DateField(_("date of the deal"))
    written_at = models.DateTimeField(_("written at"))
    manner = models.CharField(_("manner (区別)"), max_length=20)
    """買受け, 委託 / 売却, 委託に基づく引渡し, 返還: as the form prints them."""
    item_kind = models.CharField(_("kind of goods (品目)"), max_length=40)
    feature = models.CharField(_("feature (特徴)"), max_length=300)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    method = models.CharField(_("method of verification"), max_length=120, blank=True)
    price_yen = models.PositiveIntegerField(_("price (yen)"))
    kobutsu_special = models.BooleanField(_("special rule for dealers (古物商特例)"))
    unit_code = models.CharField(_("unit"), max_length=20)
    """The unit's own code, not a foreign key: the ledger stands below the units and knows none."""
    reference = models.CharField(_("deal"), max_length=20)
    strikes_out = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """Indexed by `a_line_is_struck_out_once`, which holds the few lines that have one."""
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    writer_name = models.CharField(max_length=150)
    party_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["store", "seq"], name="ledger_line_once"),
            models.UniqueConstraint(
                fields=["unit_code"],
                condition=models.Q(kind=EntryKind.RECEIVE.value),
                name="a_unit_is_received_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=EntryKind.STRIKE_OUT.value, strikes_out__isnull=False)
                | (~models.Q(kind=EntryKind.STRIKE_OUT.value) & models.Q(strikes_out__isnull=True)),
                name="only_a_strike_out_points_back",
            ),
            known("kind", EntryKind.values, name="ledger_kind_known"),
            models.UniqueConstraint(
                fields=["strikes_out"],
                condition=models.Q(strikes_out__isnull=False),
                name="a_line_is_struck_out_once",
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="ledger_begins_with_1"),
            models.CheckConstraint(
                condition=models.Q(quantity=1), name="a_ledger_line_is_one_device"
            ),
            # No fork: what follows a line is one line.
            models.UniqueConstraint(
                fields=["store", "previous_hash"], name="one_line_follows_a_line"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "dealt_on", "seq"], name="ledger_by_day"),
            models.Index(fields=["unit_code"], name="ledger_of_unit"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            refuse(
                "strike_out_is_of_this_store",
                where="NEW.strikes_out_id IS NOT NULL AND NOT EXISTS (SELECT"
                " FROM inventory_ledgerentry e"
                " WHERE e.id = NEW.strikes_out_id AND e.store_id = NEW.store_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store_id}-{self.seq}"


class LedgerParty(models.Model):
    """The other party of an entry in plain. Insert-only; deletable after `purge_on` only."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="party")
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=200)
    occupation = models.CharField(_("occupation"), max_length=80)
    age = models.PositiveSmallIntegerField(_("age (years)"))
    salt = models.CharField(max_length=64)
    purge_on = models.DateField()

    class Meta:
        verbose_name = _("party of a ledger entry")
        verbose_name_plural = _("parties of ledger entries")
        triggers = [
            pgtrigger.Protect(name="no_update", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="no_early_delete",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.purge_on > CURRENT_DATE"),
            ),
        ]

    def __str__(self) -> str:
        return f"party of {self.entry_id}"
