import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import config.db.fields
import config.db.ids
from config.db.initial import InitialMigration


class Migration(InitialMigration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0001_initial"),
        ("integrations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImageOperation",
            fields=[
                (
                    "external_id",
                    models.CharField(blank=True, db_default="", default="", max_length=100),
                ),
                (
                    "metadata",
                    models.JSONField(
                        blank=True, db_default=models.Value({}, models.JSONField()), default=dict
                    ),
                ),
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
                            ("download", "Download failed"),
                            ("account", "Refused by the provider"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "failure_detail",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="The end of the error's message.",
                        max_length=300,
                    ),
                ),
                (
                    "failure_field",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Of the request, such as images.2.",
                        max_length=20,
                    ),
                ),
                ("processing_ms", models.PositiveIntegerField(null=True)),
                (
                    "client_request_id",
                    models.CharField(
                        db_default="",
                        help_text="The caller's own X-Request-Id, by which it finds a result it never received.",
                        max_length=64,
                    ),
                ),
                (
                    "is_billed",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="The provider returned images, but the request was refunded.",
                    ),
                ),
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
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Gets the event when the operation ends.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="integrations.webhookendpoint",
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
                "permissions": [("take_down_images", "Can take images down and restore them")],
                "indexes": [
                    models.Index(fields=["partner", "-created_at"], name="operation_of_partner"),
                    models.Index(
                        condition=models.Q(("client_request_id", ""), _negated=True),
                        fields=["partner", "client_request_id"],
                        name="operation_of_client_request",
                    ),
                    models.Index(
                        condition=models.Q(("failure", ""), _negated=True),
                        fields=["failure", "id"],
                        name="operation_failed",
                    ),
                    models.Index(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=["partner", "external_id"],
                        name="operation_by_external_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderCost",
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
                    "mode",
                    models.CharField(
                        choices=[("fast", "Fast"), ("thinking", "Thinking")], max_length=10
                    ),
                ),
                ("paise", models.PositiveIntegerField(help_text="Per request, without tax.")),
                ("starts_at", models.DateTimeField()),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="Such as provider and model.", max_length=200
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("action", "mode", "starts_at"), name="provider_cost_once_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImageTakedown",
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
                    "token",
                    models.UUIDField(
                        default=uuid.uuid4, help_text="Makes the hidden names unguessable."
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                (
                    "taken_down_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("taken_down_by", models.CharField(max_length=254)),
                ("restored_at", models.DateTimeField(null=True)),
                ("restored_by", models.CharField(blank=True, max_length=254)),
                ("is_done", models.BooleanField(default=False)),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="takedowns",
                        to="imaging.imageoperation",
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
                    models.Index(
                        condition=models.Q(("is_done", False)),
                        fields=["id"],
                        name="takedown_unfinished",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("restored_at", None)),
                        fields=("operation",),
                        name="takedown_open_once_per_operation",
                    )
                ],
            },
        ),
    ]
