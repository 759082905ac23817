import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import config.db.fields
import config.db.ids
from config.db.functions import create_functions


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                ("series", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField()),
            ],
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
                ("at", models.DateTimeField(auto_now_add=True)),
                ("ok", models.BooleanField()),
                ("buckets", models.PositiveIntegerField()),
                ("drift", models.JSONField(default=list)),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("points", models.PositiveBigIntegerField(help_text="In hundredths of a point.")),
                ("price_paise", models.PositiveBigIntegerField(help_text="In paise, before tax.")),
                ("is_on_sale", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("price_paise",),
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
                    "sealed_details",
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
                        help_text="Next check with the gateway; also the lease of a check in progress."
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
                ("refunded_at", models.DateTimeField(blank=True, null=True)),
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
        migrations.AddField(
            model_name="package",
            name="tier",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="billing.tier"),
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
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="billing.tier",
                    ),
                ),
            ],
            options={
                "ordering": ("tier", "action", "mode"),
            },
        ),
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
                    models.Index(fields=["partner", "-created_at"], name="ledger_of_partner")
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
                        condition=models.Q(("kind", "refund")),
                        fields=("bucket",),
                        name="ledger_one_refund_per_bucket",
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
                                ("kind", "refund"),
                                ("operation", None),
                                ("points__lt", 0),
                                ("reverses", None),
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
                ("sealed_buyer", models.TextField(help_text="Billing details as encrypted JSON.")),
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
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_note",
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
                    models.Index(fields=["partner", "-issued_at"], name="invoice_of_partner")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "number"), name="invoice_number_once"
                    ),
                    models.UniqueConstraint(
                        fields=("purchase", "kind"), name="invoice_once_per_purchase"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                fields=["partner", "-created_at", "-id"], name="purchase_of_partner"
            ),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                condition=models.Q(("state__in", ("paid", "refunded")), _negated=True),
                fields=["next_check_at"],
                name="purchase_due_for_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(
                fields=("gateway", "gateway_order_id"), name="purchase_order_once_per_gateway"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(
                fields=("gateway", "payment_id"), name="payment_buys_once_per_gateway"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ("paid", "refunding", "refunded")),
                        ("bucket__isnull", False),
                        ("paid_at__isnull", False),
                        ("payment_id__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state__in", ("paid", "refunding", "refunded")), _negated=True),
                        ("bucket", None),
                        ("paid_at", None),
                        ("payment_id", None),
                    ),
                    _connector="OR",
                ),
                name="purchase_paid_with_payment_and_bucket",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddIndex(
            model_name="pointbucket",
            index=models.Index(
                fields=["partner", "purchased_at", "id"], name="bucket_in_burn_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointbucket",
            constraint=models.CheckConstraint(
                condition=models.Q(("remaining__gte", 0), ("remaining__lte", models.F("original"))),
                name="bucket_never_overdrawn_nor_overfull",
            ),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gte", 1)), name="package_holds_points"
            ),
        ),
        migrations.AddConstraint(
            model_name="operationprice",
            constraint=models.UniqueConstraint(
                fields=("tier", "action", "mode"), name="price_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="operationprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gte", 1)), name="price_above_zero"
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("state", "reserved")),
                fields=["lease_until"],
                name="charge_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("reserved", "succeeded", "refunded"))),
                name="charge_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost__gt", 0)), name="charge_above_zero"
            ),
        ),
        # What no code path may do, however wrong it is.
        create_functions("billing_guard_charge", "billing_guard_purchase", "billing_guard_invoice"),
        migrations.RunSQL(
            [
                """
                CREATE TRIGGER ledger_is_append_only
                    BEFORE UPDATE OR DELETE ON billing_ledgerentry
                    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER ledger_is_never_emptied
                    BEFORE TRUNCATE ON billing_ledgerentry
                    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER charge_ends_once
                    BEFORE UPDATE OR DELETE ON billing_charge
                    FOR EACH ROW WHEN (OLD.state <> 'reserved')
                    EXECUTE FUNCTION billing_guard_charge()
                """,
                """
                CREATE TRIGGER purchase_goes_its_way
                    BEFORE UPDATE ON billing_purchase
                    FOR EACH ROW EXECUTE FUNCTION billing_guard_purchase()
                """,
                """
                CREATE TRIGGER purchase_is_kept
                    BEFORE DELETE ON billing_purchase
                    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER invoice_never_changes
                    BEFORE UPDATE ON billing_invoice
                    FOR EACH ROW EXECUTE FUNCTION billing_guard_invoice()
                """,
                """
                CREATE TRIGGER invoice_is_kept
                    BEFORE DELETE ON billing_invoice
                    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()
                """,
                # Rows that change in place: room on the page keeps the updates off the indexes.
                "ALTER TABLE billing_pointbucket SET (fillfactor = 50)",
                "ALTER TABLE billing_charge SET (fillfactor = 80)",
                "ALTER TABLE billing_dailyusage SET (fillfactor = 50)",
            ],
            migrations.RunSQL.noop,
        ),
    ]
