import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

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


def _refuse_removal(name: str, table: str) -> list[str]:
    """Return triggers that refuse to delete the rows of a table or to empty it."""
    refuse = "EXECUTE FUNCTION accounts_refuse_change()"
    return [
        f"CREATE TRIGGER {name}_is_kept BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT {refuse}",
    ]


class Migration(InitialMigration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertThreshold",
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
                ("points", models.BigIntegerField(help_text="Hundredths of a point.")),
                (
                    "alerted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the alert was sent, until the balance recovers.",
                        null=True,
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
                        condition=models.Q(("alerted_at__isnull", False)),
                        fields=["partner"],
                        name="alert_threshold_alerted",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "points"), name="alert_threshold_once_per_partner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)), name="alert_threshold_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingProfile",
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
                    "encrypted_details",
                    models.TextField(blank=True, help_text="Billing details as encrypted JSON."),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DailyUsage",
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
                ("is_test", models.BooleanField(default=False)),
                ("succeeded", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                (
                    "points",
                    models.BigIntegerField(default=0, help_text="Net hundredths of a point."),
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
                "verbose_name_plural": "daily usage",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "day", "key", "action", "mode"), name="usage_row_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                ("series", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="KeySpending",
            fields=[
                (
                    "subject",
                    models.CharField(
                        db_collation="C", max_length=24, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("day_points", models.BigIntegerField()),
                ("month", models.DateField(help_text="Its first day.")),
                ("month_points", models.BigIntegerField()),
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
                "verbose_name_plural": "key spending",
                "indexes": [models.Index(fields=["partner"], name="key_spending_of_partner")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("day_points__gte", 0), ("month_points__gte", 0)),
                        name="key_spending_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerAlert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "problem",
                    models.CharField(blank=True, help_text="Empty: resolved.", max_length=12),
                ),
                ("detail", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("-at", "-pk"),
                "permissions": [("receive_ledgeralert", "Receives ledger alerts by email")],
            },
        ),
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="When the check began.",
                    ),
                ),
                ("is_full", models.BooleanField(db_default=True, default=True)),
                ("ok", models.BooleanField()),
                ("buckets", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "entries",
                    models.BigIntegerField(db_default=0, default=0, help_text="Entries verified."),
                ),
                ("drift", models.JSONField(default=list)),
                (
                    "faults",
                    models.JSONField(
                        db_default=models.Value([], models.JSONField()),
                        default=list,
                        help_text="Broken entries.",
                    ),
                ),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
        migrations.CreateModel(
            name="LedgerCheckpoint",
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
                ("number", models.PositiveIntegerField(help_text="The last digest included.")),
                ("hash", models.BinaryField(help_text="The last hash of that digest.")),
                ("balances", models.JSONField(help_text="Hundredths of a point by bucket.")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "number"), name="ledger_checkpoint_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerDigest",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "number"), name="ledger_digest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutLine",
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
                ("gateway", models.CharField(max_length=20)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payment", "Payment"),
                            ("refund", "Refund"),
                            ("dispute", "Dispute"),
                            ("other", "Adjustment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("gateway_id", models.CharField(help_text="ID at the gateway.", max_length=64)),
                ("payment_id", models.CharField(blank=True, max_length=64)),
                (
                    "payout_id",
                    models.CharField(help_text="The payout that contains the line.", max_length=64),
                ),
                (
                    "bank_reference",
                    models.CharField(blank=True, help_text="UTR at the bank.", max_length=64),
                ),
                (
                    "gross_paise",
                    models.BigIntegerField(help_text="Below zero for money that went back."),
                ),
                ("fee_paise", models.BigIntegerField(help_text="The gateway's fee, with its GST.")),
                ("fee_tax_paise", models.BigIntegerField(help_text="GST in the fee.")),
                ("net_paise", models.BigIntegerField()),
                ("paid_out_at", models.DateTimeField()),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "permissions": [("view_reports", "Can view financial reports")],
                "indexes": [
                    models.Index(fields=["paid_out_at"], name="payout_line_by_time"),
                    models.Index(fields=["gateway", "payment_id"], name="payout_line_of_payment"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "kind", "gateway_id"),
                        name="payout_line_once_per_gateway",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_paise",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("gross_paise"), "-", models.F("fee_paise")
                                ),
                            )
                        ),
                        name="payout_line_adds_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
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
                ("month", models.DateField(help_text="Its first day.")),
                ("closing", models.BigIntegerField(help_text="Hundredths of a point at the end.")),
                ("content", models.TextField(help_text="Canonical JSON, as signed.")),
                ("key_version", models.PositiveSmallIntegerField()),
                ("signature", models.BinaryField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "month"), name="statement_once_per_month"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField(unique=True)),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="Charge",
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
                (
                    "cost",
                    models.BigIntegerField(help_text="Hundredths of a point charged at the start."),
                ),
                (
                    "fast_cost",
                    models.BigIntegerField(
                        help_text="Price of fast mode at the time of the charge."
                    ),
                ),
                (
                    "refunded",
                    models.BigIntegerField(default=0, help_text="Hundredths of a point refunded."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("succeeded", "Succeeded"),
                            ("refunded", "Refunded"),
                        ],
                        default="reserved",
                        max_length=10,
                    ),
                ),
                (
                    "holder",
                    models.CharField(
                        help_text="Web process that handles the request.", max_length=64
                    ),
                ),
                ("lease_until", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
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
                (
                    "tier",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.tier",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "reserved")),
                        fields=["lease_until"],
                        name="charge_lease",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("reserved", "succeeded", "refunded"))),
                        name="charge_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refunded", models.F("cost")), ("state", "refunded")),
                            models.Q(("refunded", 0), ("state", "reserved")),
                            models.Q(
                                ("refunded__gte", 0),
                                ("refunded__lt", models.F("cost")),
                                ("state", "succeeded"),
                            ),
                            _connector="OR",
                        ),
                        name="charge_refund_fits_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost__gt", 0)), name="charge_above_zero"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OperationPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("points", models.PositiveIntegerField(help_text="In hundredths of a point.")),
                (
                    "starts_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="billing.tier",
                    ),
                ),
            ],
            options={
                "ordering": ("tier", "action", "mode", "-starts_at"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tier", "action", "mode", "starts_at"), name="price_once_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1)), name="price_above_zero"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("points", models.PositiveBigIntegerField(help_text="In hundredths of a point.")),
                (
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="billing.tier"
                    ),
                ),
            ],
            options={
                "ordering": ("points", "code"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("points__gte", 1)), name="package_holds_points"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PackagePrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("price_paise", models.PositiveBigIntegerField(help_text="In paise, before tax.")),
                ("is_on_sale", models.BooleanField(default=True)),
                (
                    "starts_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="billing.package",
                    ),
                ),
            ],
            options={
                "ordering": ("package", "-starts_at"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("package", "starts_at"), name="package_price_once_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_paise__gte", 1)), name="package_costs_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointBucket",
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
                ("original", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                (
                    "held",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Hundredths frozen for disputes and open refunds, as far as they are left.",
                    ),
                ),
                (
                    "taken",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Hundredths taken back for refunds, or to settle a debt.",
                    ),
                ),
                (
                    "owed",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Hundredths that had been used when their payment went back: a debt.",
                    ),
                ),
                ("purchased_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "package",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="billing.package",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buckets",
                        to="accounts.partner",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="billing.tier",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["partner", "purchased_at", "id"], name="bucket_in_burn_order"
                    ),
                    models.Index(
                        condition=models.Q(("owed__gt", 0)), fields=["partner"], name="bucket_owing"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("remaining__gte", 0),
                            (
                                "remaining__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("original"), "-", models.F("taken")
                                ),
                            ),
                            ("taken__gte", 0),
                        ),
                        name="bucket_never_overdrawn_nor_overfull",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held__gte", 0),
                            ("held__lte", models.F("original")),
                            ("owed__gte", 0),
                            ("owed__lte", models.F("original")),
                        ),
                        name="bucket_holds_and_owes_within_its_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
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
                            ("credit", "Credit"),
                            ("charge", "Charge"),
                            ("reversal", "Reversal"),
                            ("refund", "Purchase refund"),
                            ("debt", "Debt settled"),
                            ("correction", "Correction"),
                        ],
                        max_length=10,
                    ),
                ),
                ("points", models.BigIntegerField(help_text="Signed hundredths of a point.")),
                ("created_at", models.DateTimeField()),
                (
                    "operation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.charge",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="billing.ledgerentry",
                    ),
                ),
                (
                    "bucket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.pointbucket",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "indexes": [
                    models.Index(fields=["partner", "-created_at"], name="ledger_of_partner"),
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["created_at"], name="ledger_by_time"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operation", "bucket", "kind"),
                        name="ledger_line_once_per_operation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reverses__isnull", False)),
                        fields=("reverses",),
                        name="ledger_entry_reversed_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "credit")),
                        fields=("bucket",),
                        name="ledger_one_credit_per_bucket",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "debt")),
                        fields=("bucket",),
                        name="ledger_one_debt_per_bucket",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "credit"),
                                ("operation", None),
                                ("points__gt", 0),
                                ("reverses", None),
                            ),
                            models.Q(
                                ("kind__in", ("refund", "debt")),
                                ("operation", None),
                                ("points__lt", 0),
                                ("reverses", None),
                            ),
                            models.Q(
                                ("kind", "correction"),
                                ("operation", None),
                                ("reverses", None),
                                models.Q(("points", 0), _negated=True),
                            ),
                            models.Q(
                                ("kind", "charge"),
                                ("operation__isnull", False),
                                ("points__lt", 0),
                                ("reverses", None),
                            ),
                            models.Q(
                                ("kind", "reversal"),
                                ("operation__isnull", False),
                                ("points__gt", 0),
                                ("reverses__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_entry_fits_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Purchase",
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
                ("package_name", models.CharField(max_length=40)),
                ("points", models.BigIntegerField(help_text="Hundredths of a point.")),
                ("amount_paise", models.BigIntegerField(help_text="Before tax.")),
                ("tax_percent", models.PositiveSmallIntegerField()),
                ("cgst_paise", models.BigIntegerField()),
                ("sgst_paise", models.BigIntegerField()),
                ("igst_paise", models.BigIntegerField()),
                ("tax_paise", models.BigIntegerField()),
                ("total_paise", models.BigIntegerField(help_text="Amount due, with tax.")),
                ("currency", models.CharField(default="INR", max_length=3)),
                ("place_of_supply", models.CharField(help_text="State code.", max_length=2)),
                ("gateway", models.CharField(max_length=20)),
                (
                    "reference",
                    models.CharField(
                        help_text="Reference for bank transfers.", max_length=20, unique=True
                    ),
                ),
                (
                    "gateway_order_id",
                    models.CharField(
                        blank=True,
                        help_text="ID at the gateway, such as a payment link ID.",
                        max_length=64,
                        null=True,
                    ),
                ),
                ("checkout_url", models.URLField(blank=True, max_length=500)),
                ("payment_id", models.CharField(blank=True, max_length=64, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "Started"),
                            ("pending", "Waiting for payment"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                            ("refunding", "Refund pending"),
                            ("refunded", "Refunded"),
                        ],
                        default="created",
                        max_length=10,
                    ),
                ),
                ("attention", models.TextField(blank=True, help_text="Notes for staff to review.")),
                ("created_by", models.CharField(help_text="Email address.", max_length=254)),
                ("created_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                (
                    "excess_paise",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Paid on top of the amount due, such as the gateway's fee.",
                    ),
                ),
                (
                    "returned_paise",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Part of the amount due that went back; credit notes cover it.",
                    ),
                ),
                (
                    "returned_points",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Hundredths due back for it: taken from the bucket, or owed.",
                    ),
                ),
                (
                    "refund_to_paise",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Of the payment, all that has gone back once the last refund by staff is done.",
                    ),
                ),
                ("refund_reason", models.CharField(blank=True, max_length=200)),
                (
                    "refund_id",
                    models.CharField(
                        blank=True, help_text="Refund ID at the gateway.", max_length=64
                    ),
                ),
                ("refunded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "next_check_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Next check with the gateway, if any; also the lease of a check in progress.",
                        null=True,
                    ),
                ),
                (
                    "bucket",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase",
                        to="billing.pointbucket",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.package",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="accounts.partner",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.tier",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["partner", "-created_at", "-id"], name="purchase_of_partner"
                    ),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["next_check_at"],
                        name="purchase_due_for_check",
                    ),
                    models.Index(
                        condition=models.Q(("paid_at__isnull", False)),
                        fields=["paid_at", "id"],
                        name="purchase_by_payment",
                    ),
                    models.Index(
                        condition=models.Q(("gateway", "manual"), ("state", "pending")),
                        fields=["id"],
                        name="purchase_awaiting_transfer",
                    ),
                    models.Index(
                        condition=models.Q(("attention", ""), _negated=True),
                        fields=["id"],
                        name="purchase_to_review",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "gateway_order_id"),
                        name="purchase_order_once_per_gateway",
                    ),
                    models.UniqueConstraint(
                        fields=("gateway", "payment_id"), name="payment_buys_once_per_gateway"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "created",
                                    "pending",
                                    "paid",
                                    "failed",
                                    "cancelled",
                                    "expired",
                                    "refunding",
                                    "refunded",
                                ),
                            )
                        ),
                        name="purchase_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("paid", "refunding", "refunded")),
                                ("bucket__isnull", False),
                                ("paid_at__isnull", False),
                                ("payment_id__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ("paid", "refunding", "refunded")), _negated=True
                                ),
                                ("bucket", None),
                                ("paid_at", None),
                                ("payment_id", None),
                            ),
                            _connector="OR",
                        ),
                        name="purchase_paid_with_payment_and_bucket",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_paise__gt", 0),
                            ("cgst_paise__gte", 0),
                            ("igst_paise__gte", 0),
                            ("points__gt", 0),
                            ("sgst_paise", models.F("cgst_paise")),
                            (
                                "tax_paise",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("cgst_paise"), "+", models.F("sgst_paise")
                                    ),
                                    "+",
                                    models.F("igst_paise"),
                                ),
                            ),
                            (
                                "total_paise",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount_paise"), "+", models.F("tax_paise")
                                ),
                            ),
                        ),
                        name="purchase_amounts_add_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("excess_paise__gte", 0),
                            ("refund_to_paise__gte", 0),
                            (
                                "refund_to_paise__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("total_paise"), "+", models.F("excess_paise")
                                ),
                            ),
                            ("returned_paise__gte", 0),
                            ("returned_paise__lte", models.F("total_paise")),
                            ("returned_points__gte", 0),
                            ("returned_points__lte", models.F("points")),
                        ),
                        name="purchase_returns_no_more_than_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
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
                            ("grant", "Grant points"),
                            ("correction", "Correct points"),
                            ("refund", "Refund a purchase"),
                            ("booking", "Book a payment"),
                            ("return", "Return a bank transfer"),
                            ("write_off", "Write off a debt"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for approval"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "points",
                    models.BigIntegerField(
                        help_text="Signed hundredths: what is asked for, or what it came to when it was asked."
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("payment_id", models.CharField(blank=True, max_length=64)),
                (
                    "is_unspent_only",
                    models.BooleanField(
                        default=False,
                        help_text="Refund what is unspent, rather than an unused purchase.",
                    ),
                ),
                (
                    "requested_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("expires_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_note", models.CharField(blank=True, max_length=200)),
                (
                    "is_single",
                    models.BooleanField(
                        default=False,
                        help_text="Small enough for one person, by the settings of that time.",
                    ),
                ),
                ("carried_out_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="accounts.partner",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bucket",
                    models.ForeignKey(
                        db_index=False,
                        help_text="The bucket to correct, or the one that was granted.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.pointbucket",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.purchase",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.tier",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("request_approval", "Can ask for points and money to be moved"),
                    ("decide_approval", "Can approve what others ask for"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["expires_at"],
                        name="approval_pending",
                    ),
                    models.Index(fields=["partner", "-id"], name="approval_of_partner"),
                    models.Index(
                        fields=["requested_by", "requested_at"], name="approval_of_requester"
                    ),
                    models.Index(
                        condition=models.Q(("state", "approved")),
                        fields=["decided_by", "decided_at"],
                        name="approval_of_approver",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "grant"), ("points__gt", 0), ("tier__isnull", False)),
                            models.Q(
                                ("bucket__isnull", False),
                                ("kind", "correction"),
                                models.Q(("points", 0), _negated=True),
                            ),
                            models.Q(
                                ("kind", "refund"), ("points__lte", 0), ("purchase__isnull", False)
                            ),
                            models.Q(
                                ("kind", "return"),
                                ("points__lt", 0),
                                ("purchase__isnull", False),
                                models.Q(("payment_id", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "booking"),
                                ("points__gt", 0),
                                ("purchase__isnull", False),
                                models.Q(("payment_id", ""), _negated=True),
                            ),
                            models.Q(("kind", "write_off"), ("points__gt", 0)),
                            _connector="OR",
                        ),
                        name="approval_fits_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("state", "pending")
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by", None),
                                ("state", "lapsed"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ("approved", "declined", "withdrawn")),
                            ),
                            _connector="OR",
                        ),
                        name="approval_decided_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("approved", "declined")), _negated=True),
                            ("is_single", True),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("carried_out_at", None), ("state", "approved"), _connector="OR"
                        ),
                        name="approval_carried_out_when_approved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankTransfer",
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
                ("reference", models.CharField(help_text="UTR at the bank.", max_length=64)),
                ("amount_paise", models.BigIntegerField()),
                ("received_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("booked", "Booked"),
                            ("returned", "Returned"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "closed_at",
                    models.DateTimeField(help_text="When it was booked or returned.", null=True),
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
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="billing.purchase",
                    ),
                ),
            ],
            options={
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["partner", "-id"], name="transfer_of_partner"),
                    models.Index(fields=["purchase", "id"], name="transfer_of_purchase"),
                    models.Index(
                        condition=models.Q(("state", "received")),
                        fields=["id"],
                        name="transfer_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("reference",), name="transfer_recorded_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_paise__gt", 0)), name="transfer_has_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "received")),
                            models.Q(
                                ("closed_at__isnull", False), ("state__in", ("booked", "returned"))
                            ),
                            _connector="OR",
                        ),
                        name="transfer_closed_with_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
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
                        choices=[("invoice", "Tax invoice"), ("credit_note", "Credit note")],
                        max_length=12,
                    ),
                ),
                ("series", models.CharField(max_length=12)),
                ("number", models.PositiveIntegerField()),
                ("issued_at", models.DateTimeField()),
                ("seller", models.JSONField(help_text="Name, address and GSTIN.")),
                (
                    "encrypted_buyer",
                    models.TextField(help_text="Billing details as encrypted JSON."),
                ),
                (
                    "buyer_kind",
                    models.CharField(
                        choices=[
                            ("registered", "Registered (GSTIN)"),
                            ("unregistered", "Unregistered"),
                            ("sez", "Special economic zone"),
                            ("abroad", "Outside India"),
                        ],
                        db_default="unregistered",
                        default="unregistered",
                        help_text="From the billing details, which no query can read.",
                        max_length=12,
                    ),
                ),
                (
                    "lines",
                    models.JSONField(help_text="Description, SAC and net amount in paise of each."),
                ),
                ("tax_percent", models.PositiveSmallIntegerField()),
                ("amount_paise", models.BigIntegerField()),
                ("cgst_paise", models.BigIntegerField()),
                ("sgst_paise", models.BigIntegerField()),
                ("igst_paise", models.BigIntegerField()),
                ("total_paise", models.BigIntegerField()),
                ("currency", models.CharField(default="INR", max_length=3)),
                ("place_of_supply", models.CharField(help_text="State code.", max_length=2)),
                ("reference", models.CharField(max_length=20)),
                ("payment_id", models.CharField(max_length=64)),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="billing.invoice",
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
                    "purchase",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="billing.purchase",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["partner", "-issued_at"], name="invoice_of_partner"),
                    models.Index(fields=["purchase"], name="invoice_of_purchase"),
                    models.Index(fields=["issued_at", "id"], name="invoice_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "number"), name="invoice_number_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "invoice")),
                        fields=("purchase",),
                        name="invoice_once_per_purchase",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentReturn",
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
                        choices=[("refund", "Refund"), ("dispute", "Dispute")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "In progress"),
                            ("kept", "Money kept"),
                            ("returned", "Money returned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("gateway_id", models.CharField(help_text="ID at the gateway.", max_length=64)),
                ("payment_id", models.CharField(max_length=64)),
                ("amount_paise", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(blank=True, help_text="The gateway's code.", max_length=100),
                ),
                ("respond_by", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                    "purchase",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="billing.purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund or dispute",
                "verbose_name_plural": "refunds and disputes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["partner"],
                        name="payment_return_open",
                    ),
                    models.Index(fields=["partner", "-id"], name="payment_return_of_partner"),
                    models.Index(fields=["gateway_id"], name="payment_return_by_gateway_id"),
                    models.Index(fields=["payment_id"], name="payment_return_by_payment"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purchase", "gateway_id"), name="payment_return_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_paise__gt", 0),
                            ("kind__in", ("refund", "dispute")),
                            models.Q(
                                models.Q(("closed_at", None), ("state", "open")),
                                models.Q(
                                    ("closed_at__isnull", False),
                                    ("state__in", ("kept", "returned")),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="payment_return_fits_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SandboxPayment",
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
                ("amount_paise", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("is_captured", models.BooleanField()),
                ("happens_at", models.DateTimeField()),
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
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.purchase",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SandboxReturn",
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
                        choices=[("refund", "Refund"), ("dispute", "Dispute")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "In progress"),
                            ("kept", "Money kept"),
                            ("returned", "Money returned"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_paise", models.BigIntegerField()),
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
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="billing.sandboxpayment",
                    ),
                ),
            ],
        ),
        # What no code path may do, however wrong it is.
        create_functions(
            "billing_guard_approval",
            "billing_guard_charge",
            "billing_guard_invoice",
            "billing_guard_purchase",
            "billing_guard_transfer",
        ),
        migrations.RunSQL(
            [
                *_refuse_change("ledger", "billing_ledgerentry"),
                *_refuse_change("ledger_digest", "billing_ledgerdigest"),
                *_refuse_change("ledger_checkpoint", "billing_ledgercheckpoint"),
                *_refuse_change("statement", "billing_statement"),
                *_refuse_removal("approval", "billing_approval"),
                *_refuse_removal("invoice", "billing_invoice"),
                *_refuse_removal("purchase", "billing_purchase"),
                *_refuse_removal("transfer", "billing_banktransfer"),
                """
                CREATE TRIGGER approval_is_guarded BEFORE UPDATE ON billing_approval
                    FOR EACH ROW EXECUTE FUNCTION billing_guard_approval()
                """,
                """
                CREATE TRIGGER charge_ends_once BEFORE UPDATE OR DELETE ON billing_charge
                    FOR EACH ROW WHEN (OLD.state <> 'reserved')
                    EXECUTE FUNCTION billing_guard_charge()
                """,
                """
                CREATE TRIGGER invoice_never_changes BEFORE UPDATE ON billing_invoice
                    FOR EACH ROW EXECUTE FUNCTION billing_guard_invoice()
                """,
                """
                CREATE TRIGGER purchase_is_guarded BEFORE UPDATE ON billing_purchase
                    FOR EACH ROW EXECUTE FUNCTION billing_guard_purchase()
                """,
                """
                CREATE TRIGGER transfer_is_guarded BEFORE UPDATE ON billing_banktransfer
                    FOR EACH ROW EXECUTE FUNCTION billing_guard_transfer()
                """,
                # Rows that change in place: room on the page keeps the updates off the indexes.
                "ALTER TABLE billing_pointbucket SET (fillfactor = 50)",
                "ALTER TABLE billing_charge SET (fillfactor = 80)",
                "ALTER TABLE billing_dailyusage SET (fillfactor = 50)",
                "ALTER TABLE billing_keyspending SET (fillfactor = 50)",
            ],
            migrations.RunSQL.noop,
        ),
    ]
