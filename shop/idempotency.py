"""One form, one effect: a double click or a re-sent POST finds the first one's outcome.

Each form carries a hidden random key; the row below is unique per person, scope and key, where the
scope names the act and what it was done to. The loser of a race waits for the winner's transaction
at the unique index and then replays its result.
"""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction


class Submission(models.Model):
    """The outcome of one submitted form: the id of what it made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=40)
    key = models.UUIDField()
    outcome_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "scope", "key"], name="one_submission_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


def once(*, actor: User, scope: str, about: int, key: UUID, act: Callable[[], int]) -> int:
    """Run `act` at most once per (`actor`, `scope`, `about`, `key`); return the id it returned.

    `about` is the id of what the form acts on (the deal; the store for a new one): a key that was
    used elsewhere never passes for an act that did not happen here.
    `act` runs inside the transaction that writes the submission: either both stand or neither, so
    a refused form (`ValidationError` passes through) may be sent again with the same key.
    """
    where = f"{scope}:{about}"
    try:
        with transaction.atomic():
            row = Submission.objects.create(user=actor, scope=where, key=key)
            outcome = act()
            Submission.objects.filter(pk=row.pk).update(outcome_id=outcome)
            return outcome
    except IntegrityError:
        earlier = Submission.objects.filter(user=actor, scope=where, key=key).first()
        if earlier is None or earlier.outcome_id is None:
            raise
        return earlier.outcome_id
