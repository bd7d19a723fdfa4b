"""The Django app `carriers`."""

from django.apps import AppConfig


class CarriersConfig(AppConfig):
    """Registers the app under its short label."""

    name = "carriers"
    label = "carriers"
