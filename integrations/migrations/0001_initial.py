import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import config.db.fields
import config.db.ids
from config.db.initial import InitialMigration


class Migration(InitialMigration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Integration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z][A-Za-z0-9_-]{0,59}\\Z", "Letters, digits, - and _ only."
                            )
                        ],
                    ),
                ),
                ("display_name", models.CharField(max_length=80)),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Inactive integrations are no longer supported; their history is kept.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("own", "Named in a request"),
                            ("default", "Default of the partner"),
                            ("removed", "Former default of the partner"),
                            ("test", "For a test event"),
                        ],
                        db_default="own",
                        default="own",
                        max_length=10,
                    ),
                ),
                ("url", models.TextField()),
                ("secret", models.TextField(help_text="Encrypted.")),
                (
                    "previous_secret",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Encrypted; empty if there is none.",
                    ),
                ),
                ("previous_secret_until", models.DateTimeField(null=True)),
                (
                    "event_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        help_text="What the default endpoint gets.",
                        null=True,
                        size=None,
                    ),
                ),
                (
                    "gone_at",
                    models.DateTimeField(
                        help_text="When it answered 410: it gets no more events unless one is resent.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                        fields=["partner", "-created_at"], name="webhook_endpoint_of_partner"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "default")),
                        fields=("partner",),
                        name="webhook_default_of_partner",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookReceiver",
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
                ("url", models.TextField()),
                (
                    "failing_since",
                    models.DateTimeField(
                        help_text="The first failed attempt after the last successful one.",
                        null=True,
                    ),
                ),
                (
                    "disabled_at",
                    models.DateTimeField(
                        help_text="It failed for days or answered 410: it gets no more events until it is enabled.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        fields=["partner", "-created_at", "-id"], name="receiver_of_partner"
                    ),
                    models.Index(
                        condition=models.Q(
                            ("disabled_at__isnull", True), ("failing_since__isnull", False)
                        ),
                        fields=["failing_since"],
                        name="receiver_failing",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("partner"),
                        django.db.models.functions.text.MD5("url"),
                        name="receiver_once_per_url",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Connection",
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
                ("credentials", models.TextField(help_text="Encrypted JSON.")),
                ("has_access", models.BooleanField(default=True)),
                ("connected_at", models.DateTimeField()),
                ("disconnected_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connections",
                        to="accounts.account",
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
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connections",
                        to="integrations.integration",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["partner", "-connected_at"], name="connection_of_partner")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "integration"), name="connection_once_per_account"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CredentialField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z][A-Za-z0-9_-]{0,59}\\Z", "Letters, digits, - and _ only."
                            )
                        ],
                    ),
                ),
                ("label", models.CharField(max_length=80)),
                (
                    "is_secret",
                    models.BooleanField(default=True, help_text="Never shown, not even partly."),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credential_fields",
                        to="integrations.integration",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("integration", "name"), name="credential_once_per_integration"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
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
                ("stream", models.CharField(db_collation="C", max_length=24)),
                ("position", models.PositiveSmallIntegerField()),
                ("event", models.CharField(max_length=40)),
                ("body", models.BinaryField(help_text="The bytes that are signed and sent.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts_made", models.PositiveSmallIntegerField(default=0)),
                (
                    "due_at",
                    models.DateTimeField(
                        help_text="Empty until the previous delivery of its stream has ended.",
                        null=True,
                    ),
                ),
                ("lease_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="integrations.webhookendpoint",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(
                        fields=["partner", "-created_at", "-id"], name="delivery_of_partner"
                    ),
                    models.Index(
                        condition=models.Q(("state", "failed")),
                        fields=["partner", "-created_at", "-id"],
                        name="delivery_failed_of_partner",
                    ),
                    models.Index(
                        condition=models.Q(("state", "failed")),
                        fields=["id"],
                        name="delivery_failed",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False), ("state", "pending")),
                        fields=["due_at"],
                        name="delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False), ("state", "pending")),
                        fields=["partner", "due_at"],
                        name="delivery_partner_due",
                    ),
                    models.Index(
                        condition=models.Q(("lease_until__isnull", False), ("state", "pending")),
                        fields=["partner"],
                        name="delivery_under_way",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream", "endpoint", "position"), name="delivery_once_per_endpoint"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConnectionEvent",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("connected", "Connected"),
                            ("updated", "Credentials updated"),
                            ("disconnected", "Disconnected"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="integrations.connection",
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
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
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
                ("at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("error", models.CharField(blank=True, max_length=100)),
                ("milliseconds", models.PositiveIntegerField()),
                ("response_body", models.TextField(blank=True, help_text="The first 2 KB.")),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="integrations.webhookdelivery",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
    ]
