from django.db import migrations

from config.db.partitioning import partition_by


class Migration(migrations.Migration):
    # The rows are checked without a lock that stops the calls that add some.
    atomic = False

    dependencies = [
        ("accounts", "0007_index_keys_and_staff"),
    ]

    operations = [partition_by("month", "accounts_requestlog", is_of_log=True)]
