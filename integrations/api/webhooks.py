"""Webhook endpoints of the API: `/api/v2/third-party/webhooks…`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.params import body_text
from accounts.api.views import ManagementView
from accounts.services.authorization import Admission
from config.api.error_codes import MISSING_FIELDS
from config.api.errors import ApiError, bad_request, not_found
from config.api.pagination import NewestFirst
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp
from config.db.ids import is_id
from integrations.api.serializers import (
    invalid_event_type,
    read_change,
    read_event_types,
    read_url_and_secret,
)
from integrations.error_codes import WEBHOOK_NOT_FOUND
from integrations.event_types import TEST_EVENT, sample_names
from integrations.models import WebhookEndpoint, WebhookReceiver
from integrations.receiver_summaries import ReceiverSummary, summarize
from integrations.services.endpoints import (
    change_receiver,
    remove_default_endpoint,
    set_default_endpoint,
)
from integrations.services.receivers import enable_receiver, resend_missed
from integrations.services.sample_events import send_test_event


class ListWebhooksView(ManagementView):
    """GET webhooks: each URL that gets events, with what became of them; newest first."""

    endpoint = "webhooks.list"
    label = gettext_noop("List webhooks")
    example = ""

    def get(self, request: Any) -> ApiResponse:
        rows = WebhookReceiver.objects.of(self.admission.partner_id)
        page = NewestFirst.read(request.query_params).fetch_page(rows)
        summaries = summarize(self.admission.partner_id, page.rows)
        default = WebhookEndpoint.objects.of(self.admission.partner_id).default().first()
        return ApiResponse(
            {
                "success": True,
                "default": default and _represent_default(default),
                "data": [represent(each) for each in summaries],
                "nextCursor": page.next_cursor,
            }
        )


class UpdateWebhookView(ManagementView):
    """PUT webhooks/{webhookId}: another URL or secret for all shops that use it."""

    endpoint = "webhooks.update"
    label = gettext_noop("Change a webhook")

    def put(self, request: Any, webhook_id: str) -> ApiResponse:
        change = read_change(request.data)
        receiver = find_receiver(self.admission, webhook_id)
        current = change_receiver(receiver=receiver, change=change, actor=actor_of(self.admission))
        return _one(self.admission, current)


class EnableWebhookView(ManagementView):
    """POST webhooks/{webhookId}/enable: send it events again, from the next one on."""

    endpoint = "webhooks.enable"
    label = gettext_noop("Enable a webhook")

    def post(self, request: Any, webhook_id: str) -> ApiResponse:
        receiver = find_receiver(self.admission, webhook_id)
        enable_receiver(receiver=receiver, actor=actor_of(self.admission))
        return _one(self.admission, find_receiver(self.admission, webhook_id))


class ResendWebhooksView(ManagementView):
    """POST webhooks/resend: everything that one receiver, or every one, missed."""

    endpoint = "webhooks.resend"
    label = gettext_noop("Resend missed events")

    def post(self, request: Any) -> ApiResponse:
        webhook_id = body_text(request, "webhookId")
        receiver = find_receiver(self.admission, webhook_id) if webhook_id else None
        count = resend_missed(
            partner_id=self.admission.partner_id,
            receiver=receiver,
            actor=actor_of(self.admission),
        )
        return ApiResponse({"success": True, "resent": count}, status=202)


class TestWebhookView(ManagementView):
    """POST webhooks/test: send a sample to a URL, to a known webhook or to the default one."""

    endpoint = "webhooks.test"
    label = gettext_noop("Send a test event")

    def post(self, request: Any) -> ApiResponse:
        event_type = body_text(request, "event") or TEST_EVENT
        if event_type not in sample_names():
            raise invalid_event_type("event", sample_names())
        url, secret, endpoint = self._read_target(request)
        delivery = send_test_event(
            partner_id=self.admission.partner_id,
            url=url,
            secret=secret,
            event_type=event_type,
            actor=actor_of(self.admission),
            rotated=endpoint,
        )
        return ApiResponse({"success": True, "eventId": delivery.id}, status=202)

    def _read_target(self, request: Any) -> tuple[str, str, WebhookEndpoint | None]:
        """Return URL and secret, and the endpoint whose secret it is."""
        url, secret = read_url_and_secret(request.data)
        if url:
            return url, secret or "", None
        mine = WebhookEndpoint.objects.of(self.admission.partner_id).lasting()
        if webhook_id := body_text(request, "webhookId"):
            known = find_receiver(self.admission, webhook_id)
            endpoint = mine.filter(url=known.url).order_by("-created_at").first()
        else:
            endpoint = mine.default().first()
            known = None
        if endpoint is None and known is None:
            raise no_target()
        if endpoint is None:
            raise webhook_not_found()
        if secret is not None:
            return endpoint.url, secret, None
        return endpoint.url, endpoint.get_decrypted("secret"), endpoint


class SetDefaultWebhookView(ManagementView):
    """PUT webhooks/default: where copies of the events of all shops go."""

    endpoint = "webhooks.default"
    label = gettext_noop("Set the default webhook")

    def put(self, request: Any) -> ApiResponse:
        url, secret = read_url_and_secret(request.data)
        if not url:
            raise url_required()
        endpoint = set_default_endpoint(
            partner_id=self.admission.partner_id,
            url=url,
            secret=secret,
            event_types=read_event_types(request.data),
            actor=actor_of(self.admission),
        )
        return ApiResponse({"success": True, "data": _represent_default(endpoint)})


class RemoveDefaultWebhookView(ManagementView):
    """POST webhooks/default/remove."""

    endpoint = "webhooks.default.remove"
    label = gettext_noop("Remove the default webhook")

    def post(self, request: Any) -> ApiResponse:
        try:
            remove_default_endpoint(
                partner_id=self.admission.partner_id, actor=actor_of(self.admission)
            )
        except WebhookEndpoint.DoesNotExist:
            raise webhook_not_found() from None
        return ApiResponse({"success": True, "message": "Default webhook removed."})


def represent(summary: ReceiverSummary) -> dict[str, Any]:
    """Represent a webhook. No response contains a secret."""
    receiver, activity = summary.receiver, summary.activity
    return {
        "webhookId": receiver.id,
        "webhookUrl": receiver.url,
        "isDefault": summary.is_default,
        "status": summary.status,
        "failingSince": receiver.failing_since and timestamp(receiver.failing_since),
        "disabledAt": receiver.disabled_at and timestamp(receiver.disabled_at),
        "missedEvents": summary.missed,
        "last7Days": {
            "attempts": activity.attempts,
            "succeeded": activity.succeeded,
            "medianMilliseconds": activity.median,
            "p95Milliseconds": activity.p95,
            "lastAttemptAt": activity.last_at and timestamp(activity.last_at),
        },
        "createdAt": timestamp(receiver.created_at),
    }


def find_receiver(admission: Admission, webhook_id: str) -> WebhookReceiver:
    mine = WebhookReceiver.objects.of(admission.partner_id)
    receiver = mine.filter(pk=webhook_id).first() if is_id(webhook_id) else None
    if receiver is None:
        raise webhook_not_found()
    return receiver


def url_required() -> ApiError:
    return bad_request("webhookUrl is required", code=MISSING_FIELDS, field="webhookUrl")


def no_target() -> ApiError:
    message = "webhookUrl or webhookId is required, because there is no default webhook"
    return bad_request(message, code=MISSING_FIELDS)


def webhook_not_found() -> ApiError:
    return not_found("Webhook not found.", code=WEBHOOK_NOT_FOUND)


def actor_of(admission: Admission) -> str:
    """Return how the audit trail names a key."""
    return f"key:{admission.key_id}"


def _one(admission: Admission, receiver: WebhookReceiver) -> ApiResponse:
    [summary] = summarize(admission.partner_id, [receiver])
    return ApiResponse({"success": True, "data": represent(summary)})


def _represent_default(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "webhookUrl": endpoint.url,
        "events": endpoint.event_types,
        "isSigned": endpoint.read_secret() != "",
        "createdAt": timestamp(endpoint.created_at),
    }
