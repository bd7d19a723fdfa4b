"""The Django app `inventory`."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Registers the app under its short label."""

    name = "inventory"
    label = "inventory"
