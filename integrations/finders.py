"""The finder of webhook deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from config.pages.finders import ID, Hit, finder
from integrations.models import WebhookDelivery


@finder(kind=gettext_lazy("Webhooks"), icon="webhook", form=ID, permission=Permission.SEE_CALLS)
def deliveries_by_id(request: Any, term: str) -> Iterable[Hit]:
    rows = WebhookDelivery.objects.of_both(request.partner.pk).filter(pk=term.lower())
    return [
        Hit(row.event, reverse("webhook", args=[row.pk]), row.get_state_display()) for row in rows
    ]
