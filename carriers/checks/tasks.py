"""What a worker does when woken: ask one lookup, or sweep for what nobody woke.

Ids come in, the rows are the jobs. Nothing is locked while a network is asked, and being delivered
twice is harmless: the second delivery finds nothing to claim.
"""

import os
import socket
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from carriers.checks import records
from carriers.checks.client import ask_network, is_stand_in, site_to_ask
from carriers.checks.policy import Retry, classify_failure
from carriers.checks.wake import MAX_COUNTDOWN_S, send, wake
from carriers.imei import Imei
from carriers.networks.answer import Failure
from carriers.networks.registry import NETWORKS

SWEEP_EVERY_S = 10
SWEEP_BATCH = 200
"""Rows of each kind in one sweep; the rest comes 10 s later."""


def ask_once(pk: int) -> None:
    """Ask the network of lookup `pk`, if the lookup is to be asked now, and record what came.

    A failure that another try may cure makes the row due again; any other leaves it `FAILED`, and
    a person may answer in its place.
    """
    site = site_to_ask()
    worker = f"{socket.gethostname()}:{os.getpid()}"
    held = records.claim(pk, worker=worker, host=site or "", now=timezone.now())
    if held is None:
        return
    if site is None:
        records.hand_over(held, now=timezone.now())
        return
    network = NETWORKS[held.network]
    reply = ask_network(network, Imei(held.imei), site)
    failure = reply.answer.failure
    after = classify_failure(failure, tries=held.tries) if failure else None
    with transaction.atomic():
        counted = records.record(
            held,
            reply,
            after,
            worker=worker,
            stand_in=is_stand_in(site, network),
            now=timezone.now(),
        )
        if counted and isinstance(after, Retry) and after.delay_s <= MAX_COUNTDOWN_S:
            wake(run_lookup, pk, countdown_s=after.delay_s)


def sweep() -> None:
    """Take lookups from workers that never came back, and wake for every lookup that is due.

    Due are retries and those whose wake-up was lost. Safe to run twice and beside itself.
    """
    now = timezone.now()
    with transaction.atomic():
        for lookup in records.expired_leases(now=now, limit=SWEEP_BATCH):
            after = classify_failure(Failure.UNAVAILABLE, tries=lookup.tries)
            records.lose_lease(lookup, after, now=now)
    # A message that a busy worker has not fetched when the next sweep comes is sent again then.
    due = records.due_lookups(now=timezone.now(), limit=SWEEP_BATCH)
    send(run_lookup, due, expires_s=SWEEP_EVERY_S)


run_lookup: Any = shared_task(name="carriers.checks.tasks.run_lookup")(ask_once)
sweep_lookups: Any = shared_task(name="carriers.checks.tasks.sweep_lookups")(sweep)
