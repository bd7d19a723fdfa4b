"""Leave SELECT and INSERT on the tables that only grow to the role that runs the shop."""

from django.db import migrations

from shop.append_only import keep_append_only

TABLES = [
    "buyback_conclusion",
    "buyback_contract",
    "buyback_contractpdf",
    "buyback_contracttext",
    "buyback_contracttextadoption",
    "buyback_dealevent",
    "buyback_identityrecord",
    "buyback_payout",
    "buyback_quote",
    "buyback_signature",
]


class Migration(migrations.Migration):
    dependencies = [("buyback", "0001_initial")]
    operations = [keep_append_only(TABLES)]
