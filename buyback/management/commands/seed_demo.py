"""`manage.py seed_demo`: furnish the demo shop, print its log-ins; --history walks sellers in."""

import socket
import threading
import time
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from buyback.desk.demo.history import Crew, walk_all
from buyback.desk.demo.logins import logins_file
from buyback.desk.demo.seed import furnish_demo
from carriers.checks.models import Check, Lookup
from carriers.checks.policy import DEADLINE_S, LookupState
from carriers.checks.tasks import ask_once
from shop.people.models import Store

STAND_INS_S = 30
"""Seconds to wait for the stand-in sites, which are started at the same time."""
PAUSE = threading.Event()
"""Never set: waiting on it is a pause that a signal ends."""


class Command(BaseCommand):
    """Make the demo shop; only where DEMO=1."""

    help = "Furnish the demo shop and print the log-ins; safe to run at every start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --history."""
        parser.add_argument(
            "--history",
            action="store_true",
            help="walk the demo's sellers in, once the sites answer",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Furnish; refuse with one sentence where this is not the demo."""
        with translation.override("en"):
            try:
                logins = furnish_demo()
            except ValidationError as refused:
                raise CommandError(" ".join(refused.messages)) from refused
        if options["history"]:
            wait_for_stand_ins()
            made = walk_all(crew(), settle=settle)
            self.stdout.write(f"{len(made)} sellers walked in; the demo's history stands.")
            return
        self.stdout.write("Demo log-ins (user name, password):")
        for name, password in logins.items():
            self.stdout.write(f"  {name:<10} {password}")
        self.stdout.write(f"They also stand in {logins_file()}.")


def crew() -> Crew:
    """Return the people of the demo's first store."""
    people = User.objects.in_bulk(["clerk", "inspector", "cashier"], field_name="username")
    return Crew(
        store=Store.objects.get(letter="S"),
        clerk=people["clerk"],
        inspector=people["inspector"],
        cashier=people["cashier"],
    )


def settle(check: Check) -> None:
    """Ask every lookup of a check that no worker has taken, and wait for those it has."""
    lookups = Lookup.objects.filter(pk__in=check.answers.values("lookup"))
    going = lookups.filter(state__in=[LookupState.QUEUED.value, LookupState.RUNNING.value])
    until = time.monotonic() + DEADLINE_S + 5
    while going.exists() and time.monotonic() < until:
        # Each in its turn: what is told to wait is asked again.
        for pk in going.values_list("pk", flat=True):
            ask_once(pk)
        PAUSE.wait(0.05)


def wait_for_stand_ins() -> None:
    """Return once the stand-in sites take calls; raise `CommandError` where they never do."""
    site = urlsplit(settings.STAND_IN_URL)
    until = time.monotonic() + STAND_INS_S
    while time.monotonic() < until:
        try:
            with socket.create_connection((site.hostname or "", site.port or 80), timeout=1):
                return
        except OSError:
            PAUSE.wait(0.2)
    raise CommandError("The stand-in sites do not answer; the demo stays without a history.")
