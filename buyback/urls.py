"""The pages of `buyback`."""

from django.urls import URLPattern, URLResolver

app_name = "buyback"
urlpatterns: list[URLPattern | URLResolver] = []
