import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models.network
import accounts.models.user
import accounts.names
import config.db.fields
import config.db.ids
from config.db.functions import create_functions
from config.db.initial import InitialMigration


def _refuse_change(name: str, table: str) -> list[str]:
    """Return triggers that refuse to change, delete or empty the rows of a table."""
    refuse = "EXECUTE FUNCTION accounts_refuse_change()"
    return [
        f"CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT {refuse}",
    ]


class Migration(InitialMigration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, max_length=150, validators=[accounts.names.validate_name]
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="IANA name; empty for the browser's time zone.",
                        max_length=64,
                    ),
                ),
                (
                    "session_version",
                    models.PositiveIntegerField(
                        db_default=0,
                        default=0,
                        editable=False,
                        help_text="Raised to end all sessions and to forget all devices of the user.",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("manage_staff", "Can invite staff, change their groups and remove them"),
                    ("reset_second_factor", "Can remove a user's two-factor authentication"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        name="user_email_unique_in_any_case",
                    )
                ],
            },
            managers=[
                ("objects", accounts.models.user.EmailUserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Partner",
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
                    models.CharField(max_length=120, validators=[accounts.names.validate_name]),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "live_approved_at",
                    models.DateTimeField(
                        blank=True, help_text="Set when staff approve live keys.", null=True
                    ),
                ),
                (
                    "requires_second_factor",
                    models.BooleanField(
                        default=False,
                        help_text="Members without two-factor authentication can only open its setup.",
                    ),
                ),
                ("requests_per_minute", models.PositiveIntegerField(default=60)),
                ("requests_per_day", models.PositiveIntegerField(default=10000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("deactivated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deactivated_by",
                    models.CharField(blank=True, db_default="", default="", max_length=254),
                ),
                (
                    "deactivation_reason",
                    models.CharField(blank=True, db_default="", default="", max_length=500),
                ),
                (
                    "sandbox_of",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        help_text="The company whose sandbox this is; empty for a company.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sandbox",
                        to="accounts.partner",
                    ),
                ),
                (
                    "staff_owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who at ShopIQ looks after the partner.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at",),
                "permissions": [
                    ("decide_live_access", "Can approve or decline live access"),
                    ("deactivate_partner", "Can deactivate and reactivate partners"),
                    ("set_limits", "Can change the rate limits of partners and keys"),
                    ("assign_owner", "Can choose who looks after a partner"),
                    ("view_as_partner", "Can look at the dashboards of partners"),
                    ("open_personal_data", "Can read personal data, with a reason"),
                    ("end_sessions", "Can sign members of partners out"),
                ],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.search.SearchVector("name", config="simple"),
                        name="partner_words_of_name",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requests_per_day__gte", 1), ("requests_per_minute__gte", 1)
                        ),
                        name="partner_limits_at_least_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("id__lt", "ffffffff"), ("sandbox_of", None)),
                            models.Q(
                                (
                                    "id",
                                    django.db.models.functions.text.Concat(
                                        models.Value("ffffffff"),
                                        django.db.models.functions.text.Substr("sandbox_of_id", 9),
                                    ),
                                ),
                                ("sandbox_of__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="partner_sandbox_has_its_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
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
                ("at", models.DateTimeField(auto_now_add=True)),
                ("action", models.CharField(help_text="An audit action.", max_length=60)),
                ("target", models.CharField(blank=True, max_length=120)),
                ("address", models.GenericIPAddressField(null=True)),
                ("user_agent", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="security_events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-at"], name="security_events_of_user")],
            },
        ),
        migrations.CreateModel(
            name="StaffInvitation",
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
                ("email", models.EmailField(help_text="Lowercase.", max_length=254)),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=150), size=None
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("expires_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        help_text="Empty: a command.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("completed_at", None),
                            models.Q(("accepted_by__isnull", False), ("withdrawn_at", None)),
                            _connector="OR",
                        ),
                        name="staff_invitation_completed_once_accepted",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
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
                ("email", models.TextField(help_text="Encrypted.")),
                ("email_hash", models.BinaryField(max_length=32, unique=True)),
                ("phone", models.TextField(help_text="Encrypted, as given.")),
                ("country_code", models.PositiveSmallIntegerField()),
                ("phone_hash", models.BinaryField(max_length=32, unique=True)),
                ("phone_whole_hash", models.BinaryField(db_index=True, max_length=32)),
                ("phone_bare_hash", models.BinaryField(db_index=True, max_length=32)),
                ("profile", models.TextField(help_text="Encrypted JSON of the optional fields.")),
                (
                    "identifier",
                    models.CharField(
                        blank=True,
                        help_text="Of its shop, set by the first deployment.",
                        max_length=63,
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["partner", "-created_at", "-id"], name="account_of_partner"
                    ),
                    models.Index(
                        condition=models.Q(("identifier__isnull", False)),
                        fields=["identifier"],
                        name="account_of_site",
                    ),
                    models.Index(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=["partner", "external_id"],
                        name="account_by_external_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
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
                    "environment",
                    models.CharField(
                        choices=[
                            ("management", "Management"),
                            ("management_test", "Management (test)"),
                            ("live", "Live"),
                            ("test", "Test"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(default="Default", max_length=80)),
                ("secret_hash", models.BinaryField(max_length=32, unique=True)),
                ("last_four", models.CharField(editable=False, max_length=4)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        help_text="Endpoints that this key can call; empty for all.",
                        null=True,
                        size=None,
                    ),
                ),
                ("requests_per_minute", models.PositiveIntegerField(blank=True, null=True)),
                ("requests_per_day", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "points_per_day",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Spend limit of a live key, by days in UTC.",
                        null=True,
                    ),
                ),
                (
                    "points_per_month",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Spend limit of a live key, by months in UTC.",
                        null=True,
                    ),
                ),
                (
                    "rate_subject",
                    models.CharField(
                        db_collation="C",
                        default=config.db.ids.new_id,
                        editable=False,
                        help_text="Keys with the same value share rate counters and spend limits; a rolled key inherits it.",
                        max_length=24,
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        help_text="The key that was rolled into this one.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaced_by",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ("-created_at",),
                "indexes": [
                    models.Index(fields=["partner", "-created_at"], name="api_key_of_partner"),
                    models.Index(fields=["last_four"], name="api_key_by_last_four"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("environment__in", ["management", "management_test", "live", "test"])
                        ),
                        name="api_key_environment_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requests_per_minute__gte", 1),
                            ("requests_per_minute", None),
                            _connector="OR",
                        ),
                        name="api_key_minute_limit_at_least_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requests_per_day__gte", 1),
                            ("requests_per_day", None),
                            _connector="OR",
                        ),
                        name="api_key_day_limit_at_least_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("points_per_day", None), ("points_per_month", None)),
                            ("environment", "live"),
                            _connector="OR",
                        ),
                        name="api_key_spend_limit_of_live_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditDigest",
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
                    "number",
                    models.PositiveIntegerField(help_text="Counts a partner's digests from 1."),
                ),
                ("until", models.DateTimeField(help_text="Covers all entries before this time.")),
                (
                    "total",
                    models.BigIntegerField(help_text="Entries in this digest and all before it."),
                ),
                (
                    "entry_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), size=None
                    ),
                ),
                (
                    "hashes",
                    models.BinaryField(
                        help_text="The hash of each entry, 32 bytes, in the same order."
                    ),
                ),
                ("key_version", models.PositiveSmallIntegerField()),
                ("signature", models.BinaryField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "number"), name="audit_digest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
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
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "actor",
                    models.CharField(
                        help_text="An email address, a command or a key.", max_length=254
                    ),
                ),
                ("action", models.CharField(max_length=60)),
                ("target", models.CharField(blank=True, max_length=120)),
                ("detail", models.JSONField(blank=True, default=dict)),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(fields=["partner", "-at"], name="audit_of_partner"),
                    models.Index(fields=["partner", "actor", "-at"], name="audit_by_actor"),
                    models.Index(
                        condition=models.Q(("target__gt", "")),
                        fields=["target", "-id"],
                        name="audit_by_target",
                    ),
                    models.Index(
                        django.db.models.fields.json.KeyTransform("reference", "detail"),
                        condition=models.Q(("detail__has_key", "reference")),
                        name="audit_by_reference",
                    ),
                    models.Index(
                        condition=models.Q(("action", "personal_data.opened")),
                        fields=["actor", "-at"],
                        name="audit_openings",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
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
                    "environment",
                    models.CharField(
                        choices=[
                            ("management", "Management"),
                            ("management_test", "Management (test)"),
                            ("live", "Live"),
                            ("test", "Test"),
                        ],
                        max_length=20,
                    ),
                ),
                ("endpoint", models.CharField(max_length=40)),
                ("key", models.CharField(db_collation="C", max_length=255)),
                ("body_hash", models.BinaryField(max_length=32)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                (
                    "response_body",
                    models.TextField(default="", help_text="Encrypted; empty while in flight."),
                ),
                ("headers", models.JSONField(default=dict)),
                ("lease_until", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="idempotency_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "environment", "endpoint", "key"),
                        name="idempotency_key_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("email", models.EmailField(help_text="Lowercase.", max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin"),
                            ("developer", "Developer"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["email"], name="invitation_by_email")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("withdrawn_at", None)),
                        fields=("partner", "email"),
                        name="invitation_open_once_per_address",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LiveAccessRequest",
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
                    "requested_by",
                    models.CharField(help_text="Email address of the member.", max_length=254),
                ),
                ("website", models.URLField(max_length=300)),
                (
                    "purpose",
                    models.TextField(help_text="What the partner builds.", max_length=2000),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=254)),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Sent to the partner.", max_length=500),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="live_access_requests",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for live access",
                "verbose_name_plural": "requests for live access",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(
                        fields=["partner", "-created_at", "-id"], name="live_request_of_partner"
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["id"],
                        name="live_request_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("partner",),
                        name="live_request_waiting_once_per_partner",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin"),
                            ("developer", "Developer"),
                            ("viewer", "Viewer"),
                        ],
                        default="viewer",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "user"), name="member_once_per_partner"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerNote",
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
                    "author",
                    models.CharField(
                        help_text="Email address of the staff member.", max_length=254
                    ),
                ),
                ("text", models.TextField(max_length=4000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["partner", "-created_at", "-id"], name="note_of_partner")
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerViewing",
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
                ("reason", models.CharField(max_length=500)),
                (
                    "started_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "last_page",
                    models.CharField(
                        blank=True,
                        help_text="A page that refreshes itself is recorded once.",
                        max_length=500,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="viewings",
                        to="accounts.partner",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "dashboard viewing",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["partner", "-id"], name="viewing_of_partner")],
            },
        ),
        migrations.CreateModel(
            name="RateWindow",
            fields=[
                (
                    "subject",
                    models.CharField(
                        db_collation="C", max_length=24, primary_key=True, serialize=False
                    ),
                ),
                (
                    "minute_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
                (
                    "minute_calls",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("minute_total", models.IntegerField(default=0)),
                (
                    "day_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
                (
                    "day_calls",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("day_total", models.IntegerField(default=0)),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["partner"], name="rate_window_of_partner")],
            },
        ),
        migrations.CreateModel(
            name="RefusedCalls",
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
                ("minute", models.DateTimeField()),
                (
                    "network",
                    models.CharField(
                        blank=True,
                        help_text="IPv4 address or IPv6 /64; empty if unreadable, or one of too many.",
                        max_length=43,
                    ),
                ),
                ("status", models.PositiveSmallIntegerField()),
                ("code", models.CharField(blank=True, max_length=40)),
                ("calls", models.PositiveIntegerField()),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "refused calls",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "minute", "network", "status", "code"),
                        name="refused_calls_row_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AllowedNetwork",
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
                ("network", accounts.models.network.CidrField()),
                ("note", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allowed_networks",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "network"), name="network_once_per_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKeyUse",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="use",
                        serialize=False,
                        to="accounts.apikey",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AutoLoginLink",
            fields=[
                (
                    "id",
                    config.db.fields.IdField(
                        db_collation="C",
                        default=config.db.ids.new_id,
                        editable=False,
                        help_text="The token's jti.",
                        max_length=24,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("use_count", models.PositiveIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auto_login_links",
                        to="accounts.account",
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
                    models.Index(fields=["partner", "-created_at"], name="auto_login_of_partner"),
                    models.Index(
                        fields=["account", "-created_at", "-id"], name="auto_login_of_account"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyCalls",
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
                ("day", models.DateField()),
                (
                    "succeeded",
                    models.PositiveIntegerField(default=0, help_text="Responses below 400."),
                ),
                (
                    "refused",
                    models.PositiveIntegerField(default=0, help_text="Responses from 400 to 499."),
                ),
                (
                    "failed",
                    models.PositiveIntegerField(default=0, help_text="Responses of 500 or above."),
                ),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "daily calls",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "day", "key"), name="daily_calls_row_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestLog",
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
                ("request_id", models.CharField(max_length=64)),
                (
                    "client_request_id",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="The caller's own, from X-Request-Id.",
                        max_length=64,
                    ),
                ),
                ("method", models.CharField(max_length=10)),
                ("path", models.CharField(max_length=200)),
                ("status", models.PositiveSmallIntegerField()),
                ("code", models.CharField(blank=True, max_length=40)),
                (
                    "message",
                    models.CharField(
                        blank=True, help_text="Error message, as sent.", max_length=200
                    ),
                ),
                (
                    "target",
                    models.CharField(
                        blank=True,
                        help_text="ID of the account, deployment or image operation that the request created.",
                        max_length=24,
                    ),
                ),
                ("milliseconds", models.PositiveIntegerField()),
                ("address", models.GenericIPAddressField(null=True)),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="accounts.apikey",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["partner", "-at"], name="request_log_of_partner"),
                    models.Index(fields=["at"], name="request_log_age"),
                    models.Index(fields=["request_id", "partner"], name="request_log_by_id"),
                    models.Index(
                        condition=models.Q(("client_request_id__gt", "")),
                        fields=["client_request_id", "partner"],
                        name="request_log_by_clients_id",
                    ),
                    models.Index(
                        condition=models.Q(("status__gte", 400)),
                        fields=["-at"],
                        name="request_log_errors",
                    ),
                    models.Index(
                        condition=models.Q(("status__gte", 500)),
                        fields=["-at"],
                        name="request_log_failures",
                    ),
                    models.Index(
                        condition=models.Q(("status__gte", 400)),
                        fields=["partner", "-at"],
                        name="request_log_errors_of_partner",
                    ),
                ],
            },
        ),
        create_functions("accounts_refuse_change"),
        migrations.RunSQL(
            [
                # A crash empties the counters, which spares every call the write-ahead log.
                "ALTER TABLE accounts_ratewindow SET UNLOGGED",
                # Rows that change in place: room on the page keeps the updates off the indexes.
                "ALTER TABLE accounts_ratewindow SET (fillfactor = 30)",
                # A key that is called all day has windows of 2.5 KB. From 2 KB on, PostgreSQL would
                # compress them and write them to a table beside theirs, with each call anew.
                "ALTER TABLE accounts_ratewindow SET (toast_tuple_target = 8160)",
                "ALTER TABLE accounts_apikeyuse SET (fillfactor = 50)",
                *_refuse_change("audit", "accounts_auditentry"),
                *_refuse_change("audit_digest", "accounts_auditdigest"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
