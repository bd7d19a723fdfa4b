"""`manage.py verify_ledger`: walk every store's ledger; exit 1 and name the first broken line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from inventory.ledger.queries import VerifyReport, verify
from inventory.ledger.wording import BREAK
from shop.people.models import Store


class Command(BaseCommand):
    """Verify the chains of all stores."""

    help = "Walk the police ledger of every store and name the first broken line."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print one line per store; raise `CommandError` (exit status 1) at a broken chain."""
        today = timezone.localdate()
        reports = [verify(store, today=today) for store in Store.objects.order_by("letter")]
        with translation.override("en"):
            for report in reports:
                self.stdout.write(_line(report))
        if any(report.broken for report in reports):
            raise CommandError("The ledger is broken.")


def _line(report: VerifyReport) -> str:
    store = f"Store {report.store.letter}"
    if report.broken is None:
        return f"{store}: {report.lines} lines, unbroken, head {report.head_hash or '-'}"
    return f"{store}: BROKEN at line {report.broken.seq}: {BREAK[report.broken.code]}"
