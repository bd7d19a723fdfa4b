"""What is stored of carrier checks: modes, checks, lookups, their attempts and evidence.

A lookup's row is the job itself (Celery only wakes): its state says who has to act. One live
lookup per IMEI and network is the database's promise; attempts only grow.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from carriers.checks.policy import LIVE, Lane, LookupState, Mode, Requirement
from carriers.networks.answer import Failure, Mark, Reason
from shop.guards import known, refuse
from shop.people.models import Store

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
IMEI_REGEX = r"^[0-9]{15}$"
ATTEMPT_KINDS = ("asked", "answered", "failed", "lost", "handed")
"""`handed`: no machine asks; a person is to answer, for the reason beside it."""


class NetworkMode(models.Model):
    """How one network is asked from `valid_from` on; the newest row that has begun wins."""

    network = models.CharField(_("network"), max_length=20)
    mode = models.CharField(_("mode"), max_length=10, choices=[(m.value, m.value) for m in Mode])
    requirement = models.CharField(
        _("requirement"), max_length=10, choices=[(r.value, r.value) for r in Requirement]
    )
    valid_from = models.DateTimeField(_("valid from"))
    reason = models.CharField(_("reason"), max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("network mode")
        verbose_name_plural = _("network modes")
        constraints = [
            known("mode", Mode, name="network_mode_known"),
            known("requirement", Requirement, name="network_requirement_known"),
        ]
        indexes = [models.Index(fields=["network", "-valid_from"], name="mode_network_from")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.network}: {self.mode}"


class Check(models.Model):
    """All lookups needed for one device (both IMEIs) at one moment (利用制限確認)."""

    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    imei1 = models.CharField(max_length=15)
    imei2 = models.CharField(max_length=15, blank=True)
    lane = models.CharField(max_length=10, choices=[(lane.value, lane.value) for lane in Lane])
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imei1__regex=IMEI_REGEX)
                & (models.Q(imei2="") | models.Q(imei2__regex=IMEI_REGEX)),
                name="check_imeis_are_15_digits",
            ),
            known("lane", Lane, name="check_lane_known"),
        ]
        indexes = [models.Index(fields=["imei1", "-requested_at"], name="check_imei1_newest")]

    def __str__(self) -> str:
        return f"check {self.pk}"


class Lookup(models.Model):
    """One question to one network about one IMEI (照会). The row is the job."""

    imei = models.CharField(max_length=15)
    network = models.CharField(max_length=20)
    mode = models.CharField(max_length=10, choices=[(m.value, m.value) for m in Mode])
    lane = models.CharField(max_length=10, choices=[(lane.value, lane.value) for lane in Lane])
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in LookupState])
    mark = models.CharField(max_length=12, blank=True, choices=[(m.value, m.value) for m in Mark])
    failure = models.CharField(
        max_length=16, blank=True, choices=[(f.value, f.value) for f in Failure]
    )
    reason = models.CharField(
        max_length=20, blank=True, choices=[(r.value, r.value) for r in Reason]
    )
    """What exactly was not understood; only beside a failure."""
    raw_symbol = models.CharField(max_length=20, blank=True)
    sentence = models.CharField(max_length=400, blank=True)
    parser_version = models.CharField(max_length=40, blank=True)
    stand_in = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("lookup")
        verbose_name_plural = _("lookups")
        constraints = [
            models.UniqueConstraint(
                fields=["imei", "network"],
                condition=models.Q(state__in=[s.value for s in sorted(LIVE)]),
                name="one_live_lookup_per_imei_and_network",
            ),
            models.CheckConstraint(
                condition=models.Q(imei__regex=IMEI_REGEX), name="lookup_imei_is_15_digits"
            ),
            known("mode", Mode, name="lookup_mode_known"),
            known("lane", Lane, name="lookup_lane_known"),
            known("state", LookupState, name="lookup_state_known"),
            known("mark", Mark, name="lookup_mark_known", blank=True),
            known("failure", Failure, name="lookup_failure_known", blank=True),
            known("reason", Reason, name="lookup_reason_known", blank=True),
            # Exactly a running lookup is somebody's, and only for a time.
            models.CheckConstraint(
                condition=models.Q(
                    state=LookupState.RUNNING, claim__isnull=False, lease_until__isnull=False
                )
                | (
                    ~models.Q(state=LookupState.RUNNING)
                    & models.Q(claim__isnull=True, lease_until__isnull=True)
                ),
                name="a_running_lookup_has_a_claim",
            ),
            # A mark stands exactly on an answered lookup, a failure exactly on a failed one.
            models.CheckConstraint(
                condition=(
                    models.Q(state=LookupState.ANSWERED, failure="", answered_at__isnull=False)
                    & ~models.Q(mark="")
                )
                | (
                    models.Q(state=LookupState.FAILED, mark="", answered_at__isnull=False)
                    & ~models.Q(failure="")
                )
                | (
                    models.Q(state__in=[s.value for s in sorted(LIVE)], mark="")
                    & models.Q(answered_at__isnull=True)
                ),
                name="lookup_mark_and_failure_follow_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=models.Q(state__in=[LookupState.QUEUED.value, LookupState.RETRY.value]),
                name="lookup_due",
            ),
            # What a person waits for is found past any number of re-checks.
            models.Index(
                fields=["next_try_at", "id"],
                condition=models.Q(
                    state__in=[LookupState.QUEUED.value, LookupState.RETRY.value],
                    lane__in=[Lane.COUNTER.value, Lane.DEAL.value],
                ),
                name="lookup_due_urgent",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state=LookupState.RUNNING.value),
                name="lookup_leased",
            ),
            models.Index(fields=["imei", "network", "-answered_at"], name="lookup_newest_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.state}"


class CheckAnswer(models.Model):
    """Which lookup answers which question of a check; the newest row per question counts."""

    check_asked = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="answers")
    lookup = models.ForeignKey(Lookup, on_delete=models.PROTECT, related_name="+")
    network = models.CharField(max_length=20)
    imei_slot = models.PositiveSmallIntegerField()
    required = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer of a check")
        verbose_name_plural = _("answers of checks")
        constraints = [
            models.UniqueConstraint(
                fields=["check_asked", "imei_slot", "network", "lookup"],
                name="a_lookup_answers_a_question_once",
            ),
            models.CheckConstraint(
                condition=models.Q(imei_slot__in=[1, 2]), name="a_device_has_two_imei_slots"
            ),
        ]
        triggers = [
            APPEND_ONLY,
            # An answer about another phone never counts for this one.
            refuse(
                "answer_is_about_this_device",
                where="NOT EXISTS (SELECT FROM carriers_lookup l, carriers_check c"
                " WHERE l.id = NEW.lookup_id AND c.id = NEW.check_asked_id"
                " AND l.network = NEW.network"
                " AND l.imei = CASE NEW.imei_slot WHEN 1 THEN c.imei1 ELSE c.imei2 END)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} for check {self.check_asked_id}"


class LookupAttempt(models.Model):
    """One try of a lookup, with its evidence. Append-only."""

    lookup = models.ForeignKey(Lookup, on_delete=models.PROTECT, related_name="attempts")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in ATTEMPT_KINDS])
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    worker = models.CharField(max_length=80, blank=True)
    host = models.CharField(max_length=120, blank=True)
    authenticated = models.BooleanField(default=False)
    http_status = models.PositiveSmallIntegerField(null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    mark = models.CharField(max_length=12, blank=True)
    failure = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    raw_symbol = models.CharField(max_length=20, blank=True)
    sentence = models.CharField(max_length=400, blank=True)
    parser_version = models.CharField(max_length=40, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    body = models.BinaryField(null=True)
    """The page as received, zlib-compressed; None where no page came or a person answered."""
    body_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("attempt of a lookup")
        verbose_name_plural = _("attempts of lookups")
        constraints = [
            known("kind", ATTEMPT_KINDS, name="attempt_kind_known"),
            known("mark", Mark, name="attempt_mark_known", blank=True),
            known("failure", Failure, name="attempt_failure_known", blank=True),
        ]
        indexes = [models.Index(fields=["lookup", "at"], name="attempt_of_lookup")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
