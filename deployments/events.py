"""The payloads of webhooks, member by member (API documentation, "Event Types")."""

from __future__ import annotations

from datetime import datetime

from config.api.timestamps import timestamp
from deployments.site_urls import preview_url, production_url

Payload = dict[str, str]


def with_reason(payload: Payload, reason: str) -> Payload:
    """Add why a live shop is built again; the documented events of a first build have no reason."""
    return payload if reason == "first" else {**payload, "reason": reason}


def building(account_id: str, identifier: str, at: datetime) -> Payload:
    return {
        "event": "website.building",
        "accountId": account_id,
        "identifier": identifier,
        "message": "AI is building your website...",
        "timestamp": timestamp(at),
    }


def created(account_id: str, identifier: str, at: datetime) -> Payload:
    return {
        "event": "website.created",
        "accountId": account_id,
        "identifier": identifier,
        "previewUrl": preview_url(identifier),
        "message": "Website created. Deploying to production...",
        "timestamp": timestamp(at),
    }


def succeeded(account_id: str, identifier: str, at: datetime) -> Payload:
    return {
        "event": "deployment.success",
        "accountId": account_id,
        "identifier": identifier,
        "productionUrl": production_url(identifier),
        "previewUrl": preview_url(identifier),
        "message": "Website is live!",
        "timestamp": timestamp(at),
    }


def failed(account_id: str, identifier: str, error: str, at: datetime) -> Payload:
    return {
        "event": "deployment.failed",
        "accountId": account_id,
        "identifier": identifier,
        "error": error,
        "timestamp": timestamp(at),
    }
