from django.db import migrations

from config.db.functions import create_functions
from config.db.partitioning import partition_by


class Migration(migrations.Migration):
    # Rows are checked without a lock that stops the dispatchers. Each step can be repeated.
    atomic = False

    dependencies = [("integrations", "0003_index_times")]

    operations = [
        # Before the first attempt that would not be in the month of its event.
        create_functions("integrations_finish_attempts"),
        partition_by("month", "integrations_webhookdelivery", "integrations_webhookattempt"),
        # It returned rows of the table that is the first partition now.
        create_functions("integrations_claim_deliveries"),
    ]
