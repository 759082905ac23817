"""The payloads of webhooks, member by member (API documentation, "Event Types")."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.api.timestamps import timestamp
from config.db.references import describe
from deployments.models import Deployment, Website
from deployments.site_urls import preview_url, production_url

Payload = dict[str, Any]


def of_deployment(payload: Payload, deployment: Deployment) -> Payload:
    """Add the partner's notes, and why a live shop is built again; the documented events of a first
    build have no reason."""
    notes = describe(deployment.references)
    if deployment.reason != Deployment.Reason.FIRST:
        notes["reason"] = deployment.reason
    return {**payload, **notes}


def building(website: Website, at: datetime) -> Payload:
    return {
        "event": "website.building",
        "accountId": website.account_id,
        "identifier": website.identifier,
        "message": "AI is building your website...",
        "timestamp": timestamp(at),
    }


def created(website: Website, at: datetime) -> Payload:
    return {
        "event": "website.created",
        "accountId": website.account_id,
        "identifier": website.identifier,
        "previewUrl": preview_url(website),
        "message": "Website created. Deploying to production...",
        "timestamp": timestamp(at),
    }


def succeeded(website: Website, at: datetime) -> Payload:
    return {
        "event": "deployment.success",
        "accountId": website.account_id,
        "identifier": website.identifier,
        "productionUrl": production_url(website),
        "previewUrl": preview_url(website),
        "message": "Website is live!",
        "timestamp": timestamp(at),
    }


def failed(website: Website, error: str, at: datetime) -> Payload:
    return {
        "event": "deployment.failed",
        "accountId": website.account_id,
        "identifier": website.identifier,
        "error": error,
        "timestamp": timestamp(at),
    }
