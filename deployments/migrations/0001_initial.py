import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import config.db.fields
import config.db.ids
from config.db.initial import InitialMigration


class Migration(InitialMigration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("integrations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Takedown",
            fields=[
                ("identifier", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
                (
                    "until",
                    models.DateTimeField(
                        help_text="Until then a worker may publish the shop again.", null=True
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
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
        ),
        migrations.CreateModel(
            name="Website",
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
                ("identifier", models.CharField(db_collation="C", max_length=63, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "publish_at",
                    models.DateTimeField(
                        help_text="When to publish the live release again, such as after a takedown.",
                        null=True,
                    ),
                ),
                (
                    "update_at",
                    models.DateTimeField(
                        help_text="When to compare the live release with the account, and build it again if they differ.",
                        null=True,
                    ),
                ),
                (
                    "public_contact",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Encrypted JSON of the lines that replace or hide those of the account.",
                    ),
                ),
                ("taken_down_at", models.DateTimeField(blank=True, null=True)),
                (
                    "taken_down_by",
                    models.CharField(blank=True, db_default="", default="", max_length=254),
                ),
                (
                    "takedown_reason",
                    models.CharField(blank=True, db_default="", default="", max_length=500),
                ),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="website",
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
            ],
            options={
                "permissions": [
                    ("rebuild_website", "Can build live shops again"),
                    ("take_down_website", "Can take shops down and restore them"),
                ],
                "indexes": [
                    models.Index(
                        fields=["partner", "-created_at", "-id"], name="website_of_partner"
                    ),
                    models.Index(
                        condition=models.Q(("publish_at__isnull", False)),
                        fields=["publish_at"],
                        name="website_to_publish",
                    ),
                    models.Index(
                        condition=models.Q(("update_at__isnull", False)),
                        fields=["update_at"],
                        name="website_to_update",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deployment",
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
                ("brand_name", models.CharField(max_length=200)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                (
                    "logo_url",
                    models.TextField(
                        blank=True, help_text="Empty: the account's logo, if it has one."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("building", "Building"),
                            ("created", "Created"),
                            ("live", "Live"),
                            ("replaced", "Replaced"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("first", "First build"),
                            ("update", "Update"),
                            ("rollback", "Rollback"),
                        ],
                        db_default="first",
                        default="first",
                        max_length=10,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("hi", "Hindi"), ("as", "Assamese")],
                        db_default="en",
                        default="en",
                        max_length=2,
                    ),
                ),
                (
                    "material",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Encrypted JSON of what the shop shows of its account, kept for rollbacks.",
                    ),
                ),
                (
                    "simulation",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="What a test rehearses.",
                        max_length=20,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "notice",
                    models.CharField(
                        blank=True,
                        help_text="How the result differs from the request, and why.",
                        max_length=300,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("lease_token", models.CharField(blank=True, max_length=24)),
                ("created_at", models.DateTimeField()),
                ("building_at", models.DateTimeField(null=True)),
                ("generated_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="integrations.webhookendpoint",
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
                    "restores",
                    models.ForeignKey(
                        db_index=False,
                        help_text="The deployment whose release this rollback publishes again.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="deployments.deployment",
                    ),
                ),
                (
                    "website",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deployments",
                        to="deployments.website",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("retry_deployment", "Can retry failed deployments"),
                    ("cancel_deployment", "Can cancel deployments"),
                ],
                "indexes": [
                    models.Index(
                        fields=["partner", "-created_at", "-id"], name="deployment_of_partner"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "building", "created"))),
                        fields=["due_at"],
                        name="deployment_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "failed")),
                        fields=["id"],
                        name="deployment_failed",
                    ),
                    models.Index(
                        condition=models.Q(("restores__isnull", False)),
                        fields=["restores"],
                        name="deployment_restores",
                    ),
                    models.Index(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=["partner", "external_id"],
                        name="deployment_by_external_id",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("queued", "building", "created"))),
                        fields=("website",),
                        name="deployment_one_running",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "live")),
                        fields=("website",),
                        name="deployment_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("queued", "building", "created", "live", "replaced", "failed"),
                            )
                        ),
                        name="deployment_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteDomain",
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
                    "name",
                    models.CharField(
                        db_collation="C", help_text="In its ASCII form.", max_length=253
                    ),
                ),
                (
                    "token",
                    models.CharField(help_text="What the proof has to contain.", max_length=32),
                ),
                ("proven_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "check_at",
                    models.DateTimeField(help_text="When to look for the proof next.", null=True),
                ),
                ("checks", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("error", models.CharField(blank=True, db_default="", default="", max_length=300)),
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
                    "website",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domains",
                        to="deployments.website",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("check_at__isnull", False)),
                        fields=["check_at"],
                        name="site_domain_to_check",
                    ),
                    models.Index(fields=["partner", "-id"], name="site_domain_of_partner"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("website", "name"), name="site_domain_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("proven_at__isnull", False)),
                        fields=("name",),
                        name="site_domain_one_proven",
                    ),
                ],
            },
        ),
    ]
