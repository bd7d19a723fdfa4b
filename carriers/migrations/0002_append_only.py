"""Leave SELECT and INSERT on the tables that only grow to the role that runs the shop."""

from django.db import migrations

from shop.append_only import keep_append_only

TABLES = [
    "carriers_breakerevent",
    "carriers_checkanswer",
    "carriers_lookupattempt",
    "carriers_networkmode",
    "carriers_networkpace",
]


class Migration(migrations.Migration):
    dependencies = [("carriers", "0001_initial")]
    operations = [keep_append_only(TABLES)]
