"""The Django app `shop`."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """Registers the app under its short label."""

    name = "shop"
    label = "shop"
