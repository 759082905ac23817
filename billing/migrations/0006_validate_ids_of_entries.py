from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # Rows are checked without a lock that stops the calls that add some. Each step can be repeated.
    atomic = False

    dependencies = [("billing", "0005_keep_entries_beside_their_charges")]

    operations = [
        ValidateConstraint("ledgerentry", "ledger_line_of_operation"),
        ValidateConstraint("ledgerentry", "ledger_reversal_of_entry"),
    ]
