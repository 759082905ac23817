import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import config.db.fields
import config.db.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_add_audit_digests"),
        ("billing", "0002_prices_and_packages"),
    ]

    operations = [
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
            },
        ),
        migrations.AddField(
            model_name="ledgercheck",
            name="entries",
            field=models.BigIntegerField(db_default=0, default=0, help_text="Entries verified."),
        ),
        migrations.AddField(
            model_name="ledgercheck",
            name="faults",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Broken entries.",
            ),
        ),
        migrations.AddField(
            model_name="ledgercheck",
            name="is_full",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name="ledgercheck",
            name="at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                help_text="When the check began.",
            ),
        ),
        migrations.AlterField(
            model_name="ledgercheck",
            name="buckets",
            field=models.PositiveIntegerField(db_default=0, default=0),
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
        migrations.RunSQL(
            [
                """
                CREATE TRIGGER ledger_digest_is_append_only
                    BEFORE UPDATE OR DELETE ON billing_ledgerdigest
                    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER ledger_digest_is_never_emptied
                    BEFORE TRUNCATE ON billing_ledgerdigest
                    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER ledger_checkpoint_is_append_only
                    BEFORE UPDATE OR DELETE ON billing_ledgercheckpoint
                    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER ledger_checkpoint_is_never_emptied
                    BEFORE TRUNCATE ON billing_ledgercheckpoint
                    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER statement_is_append_only
                    BEFORE UPDATE OR DELETE ON billing_statement
                    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER statement_is_never_emptied
                    BEFORE TRUNCATE ON billing_statement
                    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change()
                """,
            ],
            migrations.RunSQL.noop,
        ),
    ]
