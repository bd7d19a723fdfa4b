"""The pages of stock and ledger."""

from django.urls import path

from inventory.ledger.views import ledger, ledger_csv, ledger_print
from inventory.units.views import unit, units

app_name = "stock"

urlpatterns = [
    path("", units, name="units"),
    path("units/<str:code>/", unit, name="unit"),
    path("ledger/", ledger, name="ledger"),
    path("ledger/print/", ledger_print, name="ledger-print"),
    path("ledger/csv/", ledger_csv, name="ledger-csv"),
]
