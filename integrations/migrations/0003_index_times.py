from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("integrations", "0002_your_integration")]

    operations = [
        AddIndexConcurrently(
            "webhookattempt", models.Index(fields=["-at", "-id"], name="webhook_attempt_by_time")
        ),
        AddIndexConcurrently(
            "webhookdelivery",
            BrinIndex(fields=["ended_at"], name="delivery_by_end", autosummarize=True),
        ),
    ]
