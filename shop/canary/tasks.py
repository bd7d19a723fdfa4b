"""The canary: a message through each queue that leaves the time in PostgreSQL.

A worker can be alive, connected and deaf; only what has gone the whole way proves that it hears.
"""

from typing import Any

from celery import shared_task
from django.utils import timezone

from shop.canary.models import WorkerBeat


def stamp(queue: str) -> None:
    """Write that `queue` is being heard."""
    WorkerBeat.objects.update_or_create(queue=queue, defaults={"at": timezone.now()})


stamp_queue: Any = shared_task(name="shop.canary.tasks.stamp_queue")(stamp)
