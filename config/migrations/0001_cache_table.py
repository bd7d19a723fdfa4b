"""The table of the shared cache (allauth's rate limits), as `createcachetable` would make it."""

from django.db import migrations


class Migration(migrations.Migration):
    """One unlogged table: after a crash of PostgreSQL the counters begin at nought, which is fine."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE cache_entry (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX cache_entry_expires ON cache_entry (expires);
            """,
            reverse_sql="DROP TABLE cache_entry;",
        )
    ]
