from datetime import datetime

from django.utils.translation import gettext_lazy

from config.db.ids import first_id
from config.service_levels import register_service
from integrations.models import WebhookDelivery


@register_service("webhooks", gettext_lazy("Webhooks"))
def count_webhooks(start: datetime, end: datetime) -> tuple[int, int]:
    """Count events that have ended; one fails if its receiver took it on no attempt."""
    ended = WebhookDelivery.objects.of_all().filter(pk__gte=first_id(start), pk__lt=first_id(end))
    delivered = ended.filter(state=WebhookDelivery.State.DELIVERED).count()
    failed = ended.filter(state=WebhookDelivery.State.FAILED).count()
    return delivered + failed, failed
