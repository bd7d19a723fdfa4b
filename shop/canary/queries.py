"""Which queue is deaf: nothing came through it for two minutes, whatever its worker looks like."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from shop.canary.models import WorkerBeat

DEAF_AFTER = timedelta(seconds=120)
"""Four canaries in a row that nobody took."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue; `heard_at` is None before its first canary."""

    name: str
    heard_at: datetime | None
    deaf: bool


def queues(*, now: datetime) -> tuple[Queue, ...]:
    """Return every queue there is. One query."""
    heard = dict(WorkerBeat.objects.values_list("queue", "at"))
    return tuple(
        Queue(name, at := heard.get(name), at is None or now - at > DEAF_AFTER)
        for name in sorted(settings.CELERY_TASK_QUEUES)
    )
