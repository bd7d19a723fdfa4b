from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerBeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("queue", models.CharField(max_length=40, unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "sign of life of a queue",
                "verbose_name_plural": "signs of life of queues",
            },
        ),
    ]
