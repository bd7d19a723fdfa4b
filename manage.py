#!/usr/bin/env python
"""Django's command line. Commands that change the schema run as the database role `owner`."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from config.runner.register import join_running_shop

# The role `app` owns nothing, so these would be refused for it; everything else runs as `app`.
OWNER_COMMANDS = frozenset({"migrate", "sqlmigrate", "showmigrations"})


def main() -> None:
    """Run one management command, joining the shop that `make run` started here, if it runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings":
        join_running_shop(Path(__file__).resolve().parent, os.environ)
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("DB_ROLE", "owner")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
