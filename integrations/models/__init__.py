"""Integrations, their connections to accounts, and webhooks."""

from integrations.models.connections import (
    Connection,
    ConnectionEvent,
    CredentialField,
    Integration,
)
from integrations.models.endpoints import (
    WebhookEndpoint,
    WebhookEndpointQuerySet,
    WebhookReceiver,
    WebhookReceiverQuerySet,
)
from integrations.models.webhooks import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
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
    "WebhookEndpointQuerySet",
    "WebhookHealth",
    "WebhookReceiver",
    "WebhookReceiverQuerySet",
]
