"""`manage.py seed_demo`: furnish the demo shop and print its log-ins; with --history, fill it."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from buyback.desk.demo.logins import logins_file
from buyback.desk.demo.seed import furnish_demo


class Command(BaseCommand):
    """Make the demo shop; only where DEMO=1."""

    help = "Furnish the demo shop and print the log-ins; safe to run at every start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --history."""
        parser.add_argument(
            "--history", action="store_true", help="also walk the demo's sellers in"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Furnish; refuse with one sentence where this is not the demo."""
        try:
            logins = furnish_demo()
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write("Demo log-ins (user name, password):")
        for name, password in logins.items():
            self.stdout.write(f"  {name:<10} {password}")
        self.stdout.write(f"They also stand in {logins_file()}.")
