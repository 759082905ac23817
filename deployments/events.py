"""The payloads of webhooks, member by member (API documentation, "Event Types")."""

from __future__ import annotations

from datetime import datetime

from config.api.timestamps import timestamp
from deployments.models import Website
from deployments.site_urls import preview_url, production_url

Payload = dict[str, str]


def with_reason(payload: Payload, reason: str) -> Payload:
    """Add why a live shop is built again; the documented events of a first build have no reason."""
    return payload if reason == "first" else {**payload, "reason": reason}


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
