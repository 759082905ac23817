"""JSON representations of deployments and events."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from config.api.timestamps import timestamp
from deployments.models import Deployment
from deployments.site_urls import preview_url, production_url
from integrations.models import WebhookDelivery


def accepted(deployment: Deployment) -> dict[str, Any]:
    """Build the 202 of createAndDeploy (API documentation, "Create & Deploy Website")."""
    identifier = deployment.website.identifier
    return {
        "success": True,
        "message": "Website creation started. Webhook will notify on completion.",
        "identifier": identifier,
        "productionUrl": production_url(identifier),
        "previewUrl": preview_url(identifier),
        "status": "building",
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
        "status": deployment.state,
        "error": deployment.error or None,
        "notice": deployment.notice or None,
        "productionUrl": production_url(identifier),
        "previewUrl": preview_url(identifier),
        "steps": {
            "queuedAt": timestamp(deployment.created_at),
            "buildingAt": _timestamp_or_none(deployment.building_at),
            "createdAt": _timestamp_or_none(deployment.generated_at),
            "endedAt": _timestamp_or_none(deployment.ended_at),
        },
    }


def detail(deployment: Deployment, deliveries: list[WebhookDelivery]) -> dict[str, Any]:
    """Represent one deployment with its webhook deliveries."""
    return {**summary(deployment), "webhooks": [_delivery(each) for each in deliveries]}


def event(delivery: WebhookDelivery) -> dict[str, Any]:
    """Represent one event for a receiver that missed it; `payload` is what was signed and sent."""
    return {
        "eventId": delivery.id,
        "event": delivery.event,
        "deploymentId": delivery.stream,
        "createdAt": timestamp(delivery.created_at),
        "delivery": delivery.state,
        "payload": json.loads(bytes(delivery.body)),
    }


def _delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "eventId": delivery.id,
        "event": delivery.event,
        "delivery": delivery.state,
        "createdAt": timestamp(delivery.created_at),
        "nextAttemptAt": None if delivery.ended_at else _timestamp_or_none(delivery.due_at),
        "attempts": [
            {
                "at": timestamp(attempt.at),
                "status": attempt.status,
                "error": attempt.error or None,
                "milliseconds": attempt.milliseconds,
            }
            for attempt in delivery.attempts.all()
        ],
    }


def _timestamp_or_none(time: datetime | None) -> str | None:
    return timestamp(time) if time else None
