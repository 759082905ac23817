"""Single events, and the webhook of a shop: `/api/v2/third-party/*`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.views import ManagementView
from config.api.error_codes import INVALID_PARAMETER
from config.api.errors import ApiError, bad_request, not_found
from config.api.renderers import ApiResponse
from config.db.ids import is_id
from deployments.api import representations
from deployments.api.site_views import website_not_found
from deployments.error_codes import EVENT_NOT_FOUND
from deployments.models import Deployment
from integrations.api.serializers import read_change
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.endpoints import change_endpoint

Kind = WebhookEndpoint.Kind


def read_endpoint_kind(text: str) -> WebhookEndpoint.Kind:
    """Read whose events are listed: those of the shops' own webhooks, or of the default one."""
    if text not in ("", Kind.DEFAULT):
        message = "endpoint must be default, or absent"
        raise bad_request(message, code=INVALID_PARAMETER, field="endpoint")
    return Kind.DEFAULT if text else Kind.OWN


def event_not_found() -> ApiError:
    return not_found("Event not found.", code=EVENT_NOT_FOUND)


class EventView(ManagementView):
    """GET events/{eventId}: one event, with every attempt to deliver it."""

    endpoint = "events.read"
    label = gettext_noop("Get an event")

    def get(self, request: Any, event_id: str) -> ApiResponse:
        mine = WebhookDelivery.objects.of(self.admission.partner_id).select_related("endpoint")
        rows = mine.prefetch_related("attempts")
        event = rows.filter(pk=event_id).first() if is_id(event_id) else None
        if event is None:
            raise event_not_found()
        return ApiResponse({"success": True, "data": representations.event_with_attempts(event)})


class DeploymentWebhookView(ManagementView):
    """PUT deployments/{identifier}/webhook: another URL or secret for one shop."""

    endpoint = "deployments.webhook"
    label = gettext_noop("Change the webhook of a shop")

    def put(self, request: Any, identifier: str) -> ApiResponse:
        change = read_change(request.data)
        mine = Deployment.objects.of(self.admission.partner_id).select_related("endpoint")
        of_shop = mine.filter(website__identifier=identifier.replace("\x00", ""))
        rows = of_shop.defer("material").order_by("-created_at", "-id")
        newest, live = rows.first(), rows.filter(state=Deployment.State.LIVE).first()
        if newest is None:
            raise website_not_found()
        actor = f"key:{self.admission.key_id}"
        # The live one's is what later builds use; a build in progress may have another.
        for endpoint in {each.endpoint for each in (newest, live) if each}:
            changed = change_endpoint(endpoint=endpoint, change=change, actor=actor)
        return ApiResponse({"success": True, "identifier": identifier, "webhookUrl": changed.url})
