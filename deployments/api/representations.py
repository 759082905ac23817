"""Deployments and events as the API answers them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from config.api.timestamps import timestamp
from deployments.models import Deployment
from deployments.site_urls import preview_url, production_url
from integrations.models import WebhookDelivery


def accepted(deployment: Deployment) -> dict[str, Any]:
    """202 of createAndDeploy (API docs, "Create & Deploy Website")."""
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
    """One deployment in the list."""
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
            "buildingAt": _moment(deployment.building_at),
            "createdAt": _moment(deployment.generated_at),
            "endedAt": _moment(deployment.ended_at),
        },
    }


def detail(deployment: Deployment, deliveries: list[WebhookDelivery]) -> dict[str, Any]:
    """One deployment with what became of its webhooks."""
    return {**summary(deployment), "webhooks": [_delivery(each) for each in deliveries]}


def event(delivery: WebhookDelivery) -> dict[str, Any]:
    """One event for a receiver that missed it; `payload` is what was signed and sent."""
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
        "nextAttemptAt": None if delivery.ended_at else _moment(delivery.due_at),
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


def _moment(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None
