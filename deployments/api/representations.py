"""JSON representations of deployments and events."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from config.api.timestamps import timestamp
from config.db.references import describe
from deployments.models import Deployment
from deployments.site_urls import path_url, preview_url, production_url
from integrations.models import WebhookDelivery, WebhookEndpoint


def accepted(deployment: Deployment) -> dict[str, Any]:
    """Build the 202 of createAndDeploy (API documentation, "Create & Deploy Website")."""
    identifier = deployment.website.identifier
    return {
        "success": True,
        "message": "Website creation started. Webhook will notify on completion.",
        "identifier": identifier,
        "productionUrl": production_url(deployment.website),
        "previewUrl": preview_url(deployment.website),
        "status": "building",
        **describe(deployment.references),
    }


def restarted(deployment: Deployment, what: str) -> dict[str, Any]:
    """Build the 202 of a rebuild or rollback, like that of createAndDeploy."""
    return {
        **accepted(deployment),
        "message": f"Website {what} started. Webhook will notify on completion.",
        "deploymentId": deployment.id,
    }


def summary(deployment: Deployment) -> dict[str, Any]:
    """Represent one deployment in the list."""
    identifier = deployment.website.identifier
    return {
        "deploymentId": deployment.id,
        "accountId": deployment.website.account_id,
        "identifier": identifier,
        "brandName": deployment.brand_name,
        "businessCategory": deployment.categories,
        "status": _status_of(deployment),
        "reason": deployment.reason,
        "language": deployment.language,
        "error": deployment.error or None,
        "notice": deployment.notice or None,
        "productionUrl": production_url(deployment.website),
        "previewUrl": preview_url(deployment.website),
        "productionPathUrl": path_url(deployment.website, "production"),
        "previewPathUrl": path_url(deployment.website, "preview"),
        "takenDown": _takedown_of(deployment),
        "steps": _steps_of(deployment),
        **describe(deployment.references),
    }


def detail(
    shown: Deployment, update: Deployment | None, deliveries: list[WebhookDelivery]
) -> dict[str, Any]:
    """Represent a shop with its webhook deliveries: its live deployment, or else its newest one.

    `update` is a later deployment of a live shop that is in progress or failed.
    """
    return {
        **summary(shown),
        "publicContact": shown.website.read_public_contact(),
        "update": _update(update, deliveries) if update else None,
        "webhooks": _webhooks_of(shown, deliveries),
    }


def _update(deployment: Deployment, deliveries: list[WebhookDelivery]) -> dict[str, Any]:
    return {
        "deploymentId": deployment.id,
        "reason": deployment.reason,
        "status": deployment.state,
        "error": deployment.error or None,
        "steps": _steps_of(deployment),
        "webhooks": _webhooks_of(deployment, deliveries),
    }


def _status_of(deployment: Deployment) -> str:
    is_down = deployment.state == Deployment.State.LIVE and deployment.website.taken_down_at
    return "taken_down" if is_down else deployment.state


def _takedown_of(deployment: Deployment) -> dict[str, str] | None:
    website = deployment.website
    if not website.taken_down_at:
        return None
    return {"at": timestamp(website.taken_down_at), "reason": website.takedown_reason}


def _steps_of(deployment: Deployment) -> dict[str, str | None]:
    return {
        "queuedAt": timestamp(deployment.created_at),
        "buildingAt": _timestamp_or_none(deployment.building_at),
        "createdAt": _timestamp_or_none(deployment.generated_at),
        "endedAt": _timestamp_or_none(deployment.ended_at),
    }


def _webhooks_of(deployment: Deployment, deliveries: list[WebhookDelivery]) -> list[dict[str, Any]]:
    return [_delivery(each) for each in deliveries if each.stream == deployment.id]


def event(delivery: WebhookDelivery) -> dict[str, Any]:
    """Represent one event for a receiver that missed it; `payload` is what was signed and sent."""
    return {
        "eventId": delivery.id,
        "event": delivery.event,
        **_subject_of(delivery),
        "createdAt": timestamp(delivery.created_at),
        "delivery": delivery.state,
        "payload": json.loads(bytes(delivery.body)),
    }


def event_with_attempts(delivery: WebhookDelivery) -> dict[str, Any]:
    """Represent one event with every attempt to deliver it; a test event is about nothing."""
    is_test = delivery.endpoint.kind == WebhookEndpoint.Kind.TEST
    shown = event(delivery)
    if is_test:
        shown.pop("operationId", None)
        shown.pop("alertId", None)
        shown["deploymentId"] = None
    return {
        **shown,
        "webhookUrl": delivery.endpoint.url,
        "nextAttemptAt": _next_attempt(delivery),
        "attempts": _attempts(delivery),
    }


def _subject_of(delivery: WebhookDelivery) -> dict[str, str | None]:
    """Name the deployment, the image operation or the alert that the event is about."""
    if delivery.is_of_alert:
        return {"alertId": delivery.stream}
    return {"operationId" if delivery.is_of_image else "deploymentId": delivery.stream}


def _delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "eventId": delivery.id,
        "event": delivery.event,
        "delivery": delivery.state,
        "createdAt": timestamp(delivery.created_at),
        "nextAttemptAt": _next_attempt(delivery),
        "attempts": _attempts(delivery),
    }


def _next_attempt(delivery: WebhookDelivery) -> str | None:
    return None if delivery.ended_at else _timestamp_or_none(delivery.due_at)


def _attempts(delivery: WebhookDelivery) -> list[dict[str, Any]]:
    return [
        {
            "at": timestamp(attempt.at),
            "status": attempt.status,
            "error": attempt.error or None,
            "milliseconds": attempt.milliseconds,
        }
        for attempt in delivery.attempts.all()
    ]


def _timestamp_or_none(time: datetime | None) -> str | None:
    return timestamp(time) if time else None
