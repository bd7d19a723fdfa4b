import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from shop.append_only import keep_append_only


class Migration(migrations.Migration):
    dependencies = [
        ("carriers", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BreakerEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=20, verbose_name="network")),
                ("at", models.DateTimeField()),
                ("was", models.CharField(max_length=10)),
                ("became", models.CharField(max_length=10)),
                ("cause", models.CharField(max_length=20)),
                ("until", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "change of a breaker",
                "verbose_name_plural": "changes of breakers",
            },
        ),
        migrations.CreateModel(
            name="NetworkBreaker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=20, unique=True, verbose_name="network")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("closed", "closed"),
                            ("open", "open"),
                            ("half_open", "half_open"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("in_a_row", models.PositiveIntegerField(default=0)),
                ("excess", models.PositiveIntegerField(default=0)),
                ("failing", models.JSONField(default=list)),
                ("openings", models.PositiveIntegerField(default=0)),
                ("probe", models.BigIntegerField(null=True)),
            ],
            options={
                "verbose_name": "breaker of a network",
                "verbose_name_plural": "breakers of networks",
            },
        ),
        migrations.CreateModel(
            name="NetworkPace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=20, verbose_name="network")),
                ("stand_in", models.BooleanField(default=False, verbose_name="practice site")),
                (
                    "interval_ms",
                    models.PositiveIntegerField(verbose_name="milliseconds between two questions"),
                ),
                (
                    "daily_budget",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="questions a day"
                    ),
                ),
                ("quiet_from", models.TimeField(verbose_name="quiet from")),
                ("quiet_until", models.TimeField(verbose_name="quiet until")),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "pace of a network",
                "verbose_name_plural": "paces of networks",
            },
        ),
        migrations.RemoveConstraint(
            model_name="lookupattempt",
            name="attempt_kind_known",
        ),
        migrations.AlterField(
            model_name="lookupattempt",
            name="kind",
            field=models.CharField(
                choices=[
                    ("asked", "asked"),
                    ("answered", "answered"),
                    ("failed", "failed"),
                    ("lost", "lost"),
                    ("handed", "handed"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="lookup",
            index=models.Index(
                condition=models.Q(
                    ("lane__in", ["counter", "deal"]), ("state__in", ["queued", "retry"])
                ),
                fields=["next_try_at", "id"],
                name="lookup_due_urgent",
            ),
        ),
        migrations.AddConstraint(
            model_name="lookupattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["asked", "answered", "failed", "lost", "handed"])),
                name="attempt_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="breakerevent",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="networkbreaker",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["closed", "open", "half_open"])),
                name="breaker_state_known",
            ),
        ),
        migrations.AddField(
            model_name="networkpace",
            name="set_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="breakerevent",
            index=models.Index(fields=["network", "-at"], name="breaker_history"),
        ),
        migrations.AddConstraint(
            model_name="breakerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("was__in", ["closed", "open", "half_open"])),
                name="breaker_was_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("became__in", ["closed", "open", "half_open"])),
                name="breaker_became_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "cause__in",
                        [
                            "in-a-row",
                            "mostly-failing",
                            "waited",
                            "probe-failed",
                            "probe-answered",
                            "opened-by-hand",
                            "closed-by-hand",
                        ],
                    )
                ),
                name="breaker_cause_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cause__in", ["opened-by-hand", "closed-by-hand"]),
                        ("by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(
                            ("cause__in", ["opened-by-hand", "closed-by-hand"]), _negated=True
                        ),
                        ("by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_person_says_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breakerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="28c64aab1ec782b033790c5c2c77394ed732c6d3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_db527",
                    table="carriers_breakerevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="networkpace",
            index=models.Index(
                fields=["network", "stand_in", "-valid_from"], name="pace_network_from"
            ),
        ),
        migrations.AddConstraint(
            model_name="networkpace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("interval_ms__gte", 1),
                    models.Q(("stand_in", True), ("interval_ms__gte", 500), _connector="OR"),
                ),
                name="a_network_is_asked_gently",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="networkpace",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6c394bff9c7cd8775ce6abddc02f09dbb909b01b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_13d8c",
                    table="carriers_networkpace",
                    when="BEFORE",
                ),
            ),
        ),
        keep_append_only(["carriers_networkpace", "carriers_breakerevent"]),
    ]
