import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import config.db.fields
import config.db.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0003_add_ledger_digests_and_statements"),
    ]

    operations = [
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
            ],
            options={
                "verbose_name": "refund or dispute",
                "verbose_name_plural": "refunds and disputes",
            },
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
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoice_once_per_purchase",
        ),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="ledger_one_refund_per_bucket",
        ),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="ledger_entry_fits_kind",
        ),
        migrations.RemoveConstraint(
            model_name="pointbucket",
            name="bucket_never_overdrawn_nor_overfull",
        ),
        migrations.RemoveIndex(
            model_name="purchase",
            name="purchase_due_for_check",
        ),
        migrations.RemoveField(
            model_name="sandboxpayment",
            name="refunded_at",
        ),
        migrations.AddField(
            model_name="pointbucket",
            name="held",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Hundredths frozen for disputes and open refunds, as far as they are left.",
            ),
        ),
        migrations.AddField(
            model_name="pointbucket",
            name="owed",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Hundredths that had been used when their payment went back: a debt.",
            ),
        ),
        migrations.AddField(
            model_name="pointbucket",
            name="taken",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Hundredths taken back for refunds, or to settle a debt.",
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="excess_paise",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Paid on top of the amount due, such as the gateway's fee.",
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="returned_paise",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Part of the amount due that went back; credit notes cover it.",
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="returned_points",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="Hundredths due back for it: taken from the bucket, or owed.",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_notes",
                to="billing.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("credit", "Credit"),
                    ("charge", "Charge"),
                    ("reversal", "Reversal"),
                    ("refund", "Purchase refund"),
                    ("debt", "Debt settled"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="purchase",
            name="next_check_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Next check with the gateway, if any; also the lease of a check in progress.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["purchase"], name="invoice_of_purchase"),
        ),
        migrations.AddIndex(
            model_name="pointbucket",
            index=models.Index(
                condition=models.Q(("owed__gt", 0)), fields=["partner"], name="bucket_owing"
            ),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False)),
                fields=["next_check_at"],
                name="purchase_due_for_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "invoice")),
                fields=("purchase",),
                name="invoice_once_per_purchase",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "debt")),
                fields=("bucket",),
                name="ledger_one_debt_per_bucket",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="pointbucket",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="pointbucket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held__gte", 0),
                    ("held__lte", models.F("original")),
                    ("owed__gte", 0),
                    ("owed__lte", models.F("original")),
                ),
                name="bucket_holds_and_owes_within_its_size",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("excess_paise__gte", 0),
                    ("returned_paise__gte", 0),
                    ("returned_paise__lte", models.F("total_paise")),
                    ("returned_points__gte", 0),
                    ("returned_points__lte", models.F("points")),
                ),
                name="purchase_returns_no_more_than_paid",
            ),
        ),
        migrations.AddField(
            model_name="paymentreturn",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.partner",
            ),
        ),
        migrations.AddField(
            model_name="paymentreturn",
            name="purchase",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="billing.purchase",
            ),
        ),
        migrations.AddField(
            model_name="sandboxreturn",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.partner",
            ),
        ),
        migrations.AddField(
            model_name="sandboxreturn",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="billing.sandboxpayment",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentreturn",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["partner"],
                name="payment_return_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentreturn",
            constraint=models.UniqueConstraint(
                fields=("purchase", "gateway_id"), name="payment_return_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_paise__gt", 0),
                    ("kind__in", ("refund", "dispute")),
                    models.Q(
                        models.Q(("closed_at", None), ("state", "open")),
                        models.Q(("closed_at__isnull", False), ("state__in", ("kept", "returned"))),
                        _connector="OR",
                    ),
                ),
                name="payment_return_fits_state",
            ),
        ),
    ]
