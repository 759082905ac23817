import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import config.db.fields
import config.db.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_security_events"),
    ]

    operations = [
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
        migrations.RunSQL(
            [
                """
                CREATE TRIGGER audit_digest_is_append_only
                    BEFORE UPDATE OR DELETE ON accounts_auditdigest
                    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER audit_digest_is_never_emptied
                    BEFORE TRUNCATE ON accounts_auditdigest
                    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change()
                """,
            ],
            migrations.RunSQL.noop,
        ),
    ]
