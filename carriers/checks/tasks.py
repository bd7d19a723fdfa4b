"""What a worker does when woken: ask one lookup, or sweep for what nobody woke.

Ids come in, the rows are the jobs. Nothing is locked while a network is asked, and being delivered
twice is harmless: the second delivery finds nothing to claim.
"""

import os
import socket
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from carriers.checks import records
from carriers.checks.client import ask_network, is_stand_in, site_to_ask
from carriers.checks.models import Lookup
from carriers.checks.policy import Retry, classify_failure
from carriers.checks.turns import ByHand, after_reply, next_turn, note_outcome
from carriers.checks.wake import MAX_COUNTDOWN_S, send, wake
from carriers.imei import Imei
from carriers.networks.answer import Failure
from carriers.networks.registry import NETWORKS
from carriers.pace import records as breakers
from carriers.pace.policy import Turn

SWEEP_EVERY_S = 10
SWEEP_BATCH = 200
"""Rows of each kind in one sweep; the rest comes 10 s later."""


def ask_once(pk: int) -> None:
    """Ask the network of lookup `pk`, if it is to be asked now and its turn has come.

    What is not its turn waits in its row; what no machine may ask goes to a person. A failure that
    another try may cure makes the row due again; any other leaves it `FAILED`, and a person may
    answer in its place.
    """
    now = timezone.now()
    lookup = records.startable(pk, now=now)
    if lookup is None:
        return
    site = site_to_ask()
    if site is None:
        records.hand_over(pk, why="no-site", now=now)
        return
    stand_in = is_stand_in(site, NETWORKS[lookup.network])
    match next_turn(lookup, stand_in=stand_in):
        case ByHand(why):
            records.hand_over(pk, why=why, now=now)
        case turn if turn.granted:
            _ask(lookup, site, stand_in=stand_in)
        case turn:
            _wait(pk, turn, now=timezone.now())


def _wait(pk: int, turn: Turn, *, now: datetime) -> None:
    with transaction.atomic():
        waits = records.postpone(pk, until=now + turn.wait, now=now)
        if waits and turn.wait <= timedelta(seconds=MAX_COUNTDOWN_S):
            wake(run_lookup, pk, countdown_s=turn.wait_ms / 1000)


def _ask(lookup: Lookup, site: str, *, stand_in: bool) -> None:
    worker = f"{socket.gethostname()}:{os.getpid()}"
    held = records.claim(lookup.pk, worker=worker, host=site, now=timezone.now())
    if held is None:
        return
    reply = ask_network(NETWORKS[held.network], Imei(held.imei), site)
    now = timezone.now()
    failure = reply.answer.failure
    after = classify_failure(failure, tries=held.tries) if failure else None
    after = after_reply(lookup, reply, after, stand_in=stand_in, now=now)
    with transaction.atomic():
        counted = records.record(held, reply, after, worker=worker, stand_in=stand_in, now=now)
        if counted and isinstance(after, Retry) and after.delay_s <= MAX_COUNTDOWN_S:
            wake(run_lookup, lookup.pk, countdown_s=after.delay_s)
    note_outcome(lookup, failure, now=now)


def sweep() -> None:
    """Half-open breakers whose time is over, take lookups from workers that never came back, and
    wake for every lookup that is due.

    Due are retries and those whose wake-up was lost. Safe to run twice and beside itself.
    """
    now = timezone.now()
    breakers.settle_all(now=now)
    with transaction.atomic():
        for lookup in records.expired_leases(now=now, limit=SWEEP_BATCH):
            after = classify_failure(Failure.UNAVAILABLE, tries=lookup.tries)
            records.lose_lease(lookup, after, now=now)
    # A message that a busy worker has not fetched when the next sweep comes is sent again then.
    due = records.due_lookups(now=timezone.now(), limit=SWEEP_BATCH)
    send(run_lookup, due, expires_s=SWEEP_EVERY_S)


run_lookup: Any = shared_task(name="carriers.checks.tasks.run_lookup")(ask_once)
sweep_lookups: Any = shared_task(name="carriers.checks.tasks.sweep_lookups")(sweep)
