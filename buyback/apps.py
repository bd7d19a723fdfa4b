"""The Django app `buyback`."""

from django.apps import AppConfig


class BuybackConfig(AppConfig):
    """Registers the app under its short label."""

    name = "buyback"
    label = "buyback"
