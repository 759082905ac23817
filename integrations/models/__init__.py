"""Integrations, their connections to accounts, and webhooks."""

from integrations.models.connections import (
    Connection,
    ConnectionEvent,
    CredentialField,
    Integration,
)
from integrations.models.webhooks import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
    WebhookEndpoint,
    WebhookHealth,
)

__all__ = [
    "Connection",
    "ConnectionEvent",
    "CredentialField",
    "Integration",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryQuerySet",
    "WebhookEndpoint",
    "WebhookHealth",
]
