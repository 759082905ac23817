import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import config.db.fields
import config.db.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImageOperation",
            fields=[
                (
                    "id",
                    config.db.fields.IdField(
                        db_collation="C",
                        default=config.db.ids.new_id,
                        editable=False,
                        max_length=24,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[("create", "Image create"), ("enhance", "Image enhance")],
                        max_length=10,
                    ),
                ),
                (
                    "requested_mode",
                    models.CharField(
                        choices=[("fast", "Fast"), ("thinking", "Thinking")], max_length=10
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("fast", "Fast"), ("thinking", "Thinking")], max_length=10
                    ),
                ),
                ("aspect_ratio", models.CharField(max_length=5)),
                ("resolution", models.CharField(max_length=2)),
                (
                    "file_token",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="Determines the names of the operation's files, so that none is lost.",
                    ),
                ),
                (
                    "image_urls",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("blocked", "Blocked by safety filters"),
                            ("busy", "Service unavailable"),
                            ("failed", "Generation failed"),
                            ("abandoned", "Interrupted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("processing_ms", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "charge",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="image_operation",
                        to="billing.charge",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["partner", "-created_at"], name="operation_of_partner")
                ],
            },
        ),
    ]
