"""The first page and the set-up of a shop."""

from django.urls import path

from buyback.desk.views.first import first_page
from buyback.desk.views.setup import setup

app_name = "desk"

urlpatterns = [
    path("", first_page, name="first"),
    path("setup/", setup, name="setup"),
]
