"""What is stored of politeness: each network's pace, its breaker, and every change of either.

Slots are counted in Redis (`slots`); what decides for longer than a day stands here.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from carriers.pace.breaker import Cause, State
from shop.guards import known

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
BY_HAND = [Cause.OPENED_BY_HAND.value, Cause.CLOSED_BY_HAND.value]
LEAST_INTERVAL_MS = 500
"""A network's own site is never asked more often, whatever an owner sets."""


class NetworkPace(models.Model):
    """How gently one network's site is asked from `valid_from` on; the newest begun row wins.

    `stand_in` rows are for practice sites, which have no manners to keep. Without a row the
    constants of `policy` hold.
    """

    network = models.CharField(_("network"), max_length=20)
    stand_in = models.BooleanField(_("practice site"), default=False)
    interval_ms = models.PositiveIntegerField(_("milliseconds between two questions"))
    daily_budget = models.PositiveIntegerField(_("questions a day"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"))
    quiet_until = models.TimeField(_("quiet until"))
    valid_from = models.DateTimeField(_("valid from"))
    reason = models.CharField(_("reason"), max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("pace of a network")
        verbose_name_plural = _("paces of networks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(interval_ms__gte=1)
                & (models.Q(stand_in=True) | models.Q(interval_ms__gte=LEAST_INTERVAL_MS)),
                name="a_network_is_asked_gently",
            ),
        ]
        indexes = [
            models.Index(fields=["network", "stand_in", "-valid_from"], name="pace_network_from")
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.network}: {self.interval_ms} ms"


class NetworkBreaker(models.Model):
    """Where one network's breaker stands now; `breaker.Breaker` says what the fields mean.

    No row is a closed breaker that has seen nothing.
    """

    network = models.CharField(_("network"), max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State])
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    in_a_row = models.PositiveIntegerField(default=0)
    excess = models.PositiveIntegerField(default=0)
    failing = models.JSONField(default=list)
    openings = models.PositiveIntegerField(default=0)
    probe = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("breaker of a network")
        verbose_name_plural = _("breakers of networks")
        constraints = [known("state", State, name="breaker_state_known")]

    def __str__(self) -> str:
        return f"{self.network}: {self.state}"


class BreakerEvent(models.Model):
    """One change of a breaker: from what to what, why, and by whom (None: by itself)."""

    network = models.CharField(_("network"), max_length=20)
    at = models.DateTimeField()
    was = models.CharField(max_length=10)
    became = models.CharField(max_length=10)
    cause = models.CharField(max_length=20)
    until = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("change of a breaker")
        verbose_name_plural = _("changes of breakers")
        constraints = [
            known("was", State, name="breaker_was_known"),
            known("became", State, name="breaker_became_known"),
            known("cause", Cause, name="breaker_cause_known"),
            # A person's change carries a name and a reason; the machine's carries neither.
            models.CheckConstraint(
                condition=(
                    models.Q(cause__in=BY_HAND) & models.Q(by__isnull=False) & ~models.Q(reason="")
                )
                | (~models.Q(cause__in=BY_HAND) & models.Q(by__isnull=True)),
                name="a_person_says_why",
            ),
        ]
        indexes = [models.Index(fields=["network", "-at"], name="breaker_history")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.network}: {self.was} → {self.became}"
