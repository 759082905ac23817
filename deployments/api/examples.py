"""Examples of the API documentation, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from config.api.descriptions import AT, ID

IDENTIFIER = "nova-retail-abc123"
DEPLOYMENT = "665a1f2e3b4c5d6e7f8a9b0f"
URLS = {
    "productionUrl": f"https://{IDENTIFIER}.shopiq.app",
    "previewUrl": f"https://{IDENTIFIER}.dev.shopiq.app",
}
SHOP: dict[str, Any] = {
    "accountId": ID,
    "businessCategory": ["Fashion & Clothing", "Footwear"],
    "brandName": "Nova Retail",
    "webhookUrl": "https://your-server.com/webhooks/shopiq",
}
STEPS = {"queuedAt": AT, "buildingAt": AT, "createdAt": AT, "endedAt": AT}
SUMMARY: dict[str, Any] = {
    "deploymentId": DEPLOYMENT,
    "accountId": ID,
    "identifier": IDENTIFIER,
    "brandName": "Nova Retail",
    "businessCategory": ["Footwear"],
    "status": "live",
    "reason": "first",
    "language": "en",
    "error": None,
    "notice": None,
    **URLS,
    "productionPathUrl": None,
    "previewPathUrl": None,
    "takenDown": None,
    "steps": STEPS,
}
ATTEMPT = {"at": AT, "status": 200, "error": None, "milliseconds": 41}
DELIVERY = {
    "eventId": "665a1f2e3b4c5d6e7f8a9b10",
    "event": "website.building",
    "delivery": "delivered",
    "createdAt": AT,
    "nextAttemptAt": None,
    "attempts": [ATTEMPT],
}

ACCEPTED = {
    "success": True,
    "message": "Website creation started. Webhook will notify on completion.",
    "identifier": IDENTIFIER,
    **URLS,
    "status": "building",
}
