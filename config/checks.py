"""Checks at the start that settings alone cannot make: what is in the database fits DEMO."""

from collections.abc import Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error
from django.db import connections

# The demo seed makes people with this domain in their address; nobody else can have it (RFC 2606).
DEMO_DOMAIN: Final = "@demo.invalid"


def no_demo_people(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Refuse DEMO=0 on a database that holds demo people: their passwords were printed."""
    if settings.DEMO or not databases:
        return []
    users = get_user_model()
    with connections["default"].cursor() as cursor:
        tables = connections["default"].introspection.table_names(cursor)
    if users._meta.db_table not in tables:
        return []
    if not users.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True).exists():
        return []
    return [
        Error(
            "This database holds demo people, whose passwords were printed on a screen.",
            hint="Use an empty VAR_DIR or database for a real shop, or start with DEMO=1.",
            id="ground.E001",
        )
    ]
