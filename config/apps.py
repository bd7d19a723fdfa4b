"""The app that carries the system checks of the ground."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from config.checks import no_demo_people


class GroundConfig(AppConfig):
    """Registers the checks that need a database (run by `check --database default`)."""

    name = "config"
    label = "ground"

    def ready(self) -> None:
        """Register the checks once."""
        register(no_demo_people, Tags.database)
