"""Leave SELECT and INSERT on the tables that only grow to the role that runs the shop."""

from django.db import migrations

from shop.append_only import keep_append_only, keep_until


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [
        keep_append_only(["inventory_unitevent", "inventory_ledgerentry"]),
        keep_append_only(["inventory_ledgerparty"], may_delete=True),
        keep_until("inventory_ledgerparty", "purge_on"),
    ]
