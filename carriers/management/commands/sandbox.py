"""`manage.py sandbox`: run the stand-in sites of all networks until Ctrl-C.

Point the shop at them with `STAND_IN_URL`; what each demo IMEI shows is in `carriers.sandbox`.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from carriers.sandbox.server import main


class Command(BaseCommand):
    """Serve the stand-in sites; the first line printed is their URL."""

    help = "Run stand-ins for the five carriers' check sites (practice and tests only)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Port, address and an extra delay of every answer."""
        parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--latency-ms", type=int, default=0, help="added to every answer")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until the process is asked to end."""
        host, port = str(options["host"]), int(options["port"])
        latency = int(options["latency_ms"])
        status = main(["--host", host, "--port", str(port), "--latency-ms", str(latency)])
        if status:
            raise SystemExit(status)
