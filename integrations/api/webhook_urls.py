"""Validation of webhook URLs in requests."""

from __future__ import annotations

from config.api.errors import bad_request
from integrations.error_codes import INVALID_WEBHOOK_URL
from integrations.webhook_urls import may_receive


def check_receiver(url: str) -> str:
    """Return the URL, or raise the 400 of one that may not receive webhooks."""
    if not may_receive(url):
        message = "webhookUrl must be a public https URL"
        raise bad_request(message, code=INVALID_WEBHOOK_URL, field="webhookUrl")
    return url
