from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from config.db.partitioning import partition_by


class Migration(migrations.Migration):
    # Rows are checked without a lock that stops the calls that add some. Each step can be repeated.
    atomic = False

    dependencies = [
        ("billing", "0006_validate_ids_of_entries"),
        ("imaging", "0005_give_operations_the_ids_of_charges"),
    ]

    operations = [
        ValidateConstraint("imageoperation", "operation_has_id_of_charge"),
        # The primary key holds it now.
        migrations.RunSQL(
            "ALTER TABLE imaging_imageoperation"
            " DROP CONSTRAINT IF EXISTS imaging_imageoperation_charge_id_key",
            migrations.RunSQL.noop,
        ),
        partition_by("year", "billing_charge", "billing_ledgerentry", "imaging_imageoperation"),
    ]
