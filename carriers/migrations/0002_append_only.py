"""Leave SELECT and INSERT on the tables that only grow to the role that runs the shop."""

from django.db import migrations

from shop.append_only import keep_append_only


class Migration(migrations.Migration):
    dependencies = [("carriers", "0001_initial")]
    operations = [
        keep_append_only(["carriers_networkmode", "carriers_checkanswer", "carriers_lookupattempt"])
    ]
