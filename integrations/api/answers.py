"""The bodies of successful responses, for the OpenAPI description; the tests compare each response
with them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.api.answers import Confirmation
from config.api.descriptions import Identifier, NextCursor, Success, Timestamp, Url
from integrations.event_types import event_type_names

EventName = Annotated[str, f"{', '.join(event_type_names())}; more may be added."]


class Integration(TypedDict):
    name: str
    displayName: str
    connectedAt: Timestamp
    access: bool


class IntegrationConnected(Confirmation):
    integration: Integration


class IntegrationStatus(Success):
    """`connected` of one integration, or all `integrations` of the account."""

    connected: NotRequired[bool]
    message: NotRequired[str]
    integration: NotRequired[Integration]
    integrations: NotRequired[list[Integration]]
    supportedIntegrations: NotRequired[list[str]]


class WebhookActivity(TypedDict):
    attempts: int
    succeeded: int
    medianMilliseconds: int | None
    p95Milliseconds: int | None
    lastAttemptAt: Timestamp | None


class Webhook(TypedDict):
    """A URL that gets events."""

    webhookId: Identifier
    webhookUrl: Url
    isDefault: bool
    status: Literal["active", "failing", "disabled"]
    failingSince: Timestamp | None
    disabledAt: Timestamp | None
    missedEvents: Annotated[int, "Events that failed or wait for a retry."]
    last7Days: WebhookActivity
    createdAt: Timestamp


class DefaultWebhook(TypedDict):
    webhookUrl: Url
    events: list[EventName]
    isSigned: bool
    createdAt: Timestamp


class WebhookList(Success):
    default: DefaultWebhook | None
    data: list[Webhook]
    nextCursor: NextCursor


class WebhookChanged(Success):
    data: Webhook


class DefaultWebhookSet(Success):
    data: DefaultWebhook


class EventsResent(Success):
    resent: Annotated[int, "How many events are sent again."]


class TestEventSent(Success):
    eventId: Identifier
