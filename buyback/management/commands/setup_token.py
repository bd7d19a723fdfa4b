"""`manage.py setup_token`: print the token that `/setup/` asks for, while there is no company."""

from typing import Any

from django.core.management.base import BaseCommand

from buyback.desk.token import setup_token
from shop.people.models import Company


class Command(BaseCommand):
    """Tell the person at the terminal how to begin."""

    help = "Print the token with which a fresh shop is set up at /setup/."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print the token, or that the shop has been set up already."""
        if Company.objects.exists():
            self.stdout.write("This shop has been set up already.")
        else:
            self.stdout.write(f"Open /setup/ and enter the setup token {setup_token()}")
