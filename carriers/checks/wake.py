"""The one way to wake a worker: after the commit, once, quickly, and never in anybody's way.

The row is the job (DESIGN §4): a wake-up that gets lost costs at most one round of the sweeper, so
a broker that is away is worth one line in the log and no more.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.stdlib.get_logger("carriers.wake")

MAX_COUNTDOWN_S = 30
"""A longer wait is a row (`next_try_at`), not a message."""

IMPATIENT = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    # kombu keeps trying to connect whatever `retry=False` says: measured 6 s with Redis gone.
    "connect_retries_timeout": 0.1,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.05,
    "interval_max": 0.05,
}
"""On top of the broker's options: a person waits behind this connection."""


def wake(task: Any, *pks: int, countdown_s: float = 0, expires_s: int | None = None) -> None:
    """Tell the workers, once this transaction has committed, that `task` has work at `pks`.

    Celery ships no types, hence `task: Any`. Waits `countdown_s` seconds (`ValueError` above
    `MAX_COUNTDOWN_S`); a worker drops the message after `expires_s`. Never raises for a broker that
    cannot be reached: after the first refusal the rest is left to the sweeper too.
    """
    if countdown_s > MAX_COUNTDOWN_S:
        raise ValueError("a long wait belongs in the row")

    def send_wake_up() -> None:
        send(task, pks, countdown_s=countdown_s, expires_s=expires_s)

    transaction.on_commit(send_wake_up, robust=True)


def send(
    task: Any, pks: Sequence[int], *, countdown_s: float = 0, expires_s: int | None = None
) -> bool:
    """Publish now; return whether the broker took every message. Call `wake` instead of this."""
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **IMPATIENT}
    sent = 0
    try:
        with task.app.connection_for_write(transport_options=options) as connection:
            for pk in pks:
                task.apply_async(
                    (pk,),
                    connection=connection,
                    countdown=countdown_s or None,
                    expires=expires_s,
                    retry=False,
                )
                sent += 1
    except (OperationalError, OSError) as error:
        waiting = len(pks) - sent
        log.warning("wake_up_not_sent", task=task.name, error=type(error).__name__, waiting=waiting)
        return False
    return True
