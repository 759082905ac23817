from typing import Any

from django.db import migrations
from django.db.models import Min

_BATCH = 1000


def add_receivers(apps: Any, _schema_editor: Any) -> None:
    """Add a row for each URL that an endpoint names."""
    receiver = apps.get_model("integrations", "WebhookReceiver")
    endpoints = apps.get_model("integrations", "WebhookEndpoint")
    urls = endpoints.objects.values("partner_id", "url").annotate(since=Min("created_at"))
    receiver.objects.bulk_create(
        (
            receiver(partner_id=each["partner_id"], url=each["url"], created_at=each["since"])
            for each in urls.iterator(chunk_size=_BATCH)
        ),
        batch_size=_BATCH,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0006_add_receivers_and_default_endpoints"),
    ]

    operations = [
        migrations.RunPython(add_receivers, migrations.RunPython.noop),
    ]
