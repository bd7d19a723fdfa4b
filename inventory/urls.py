"""Where stock and ledger are reached."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("stock/", include("inventory.units.urls")),
]
