"""The bodies of successful responses, for the OpenAPI description; the tests compare each response
with them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.api.responses import Confirmation
from config.api.descriptions import Identifier, NextCursor, Success, Timestamp, Url
from integrations.event_types import event_type_names

EventName = Annotated[str, f"{', '.join(event_type_names())}; more may be added."]


class Integration(TypedDict):
    name: Annotated[str, "The name for requests."]
    displayName: Annotated[str, "The name for people."]
    connectedAt: Annotated[Timestamp, "When it was connected."]
    access: Annotated[bool, "Whether it has access to the account."]


class IntegrationConnected(Confirmation):
    integration: Annotated[Integration, "The connection."]


class IntegrationStatus(Success):
    """`connected` of one integration, or all `integrations` of the account."""

    connected: NotRequired[Annotated[bool, "Whether the integration is connected."]]
    message: NotRequired[Annotated[str, "The same in words."]]
    integration: NotRequired[Annotated[Integration, "The connection."]]
    integrations: NotRequired[Annotated[list[Integration], "All connections of the account."]]
    supportedIntegrations: NotRequired[Annotated[list[str], "The names of all integrations."]]


class WebhookActivity(TypedDict):
    attempts: Annotated[int, "How many attempts were made."]
    succeeded: Annotated[int, "How many of them succeeded."]
    medianMilliseconds: Annotated[int | None, "Half of the responses took no longer."]
    p95Milliseconds: Annotated[int | None, "95% of the responses took no longer."]
    lastAttemptAt: Annotated[Timestamp | None, "When the last attempt was made."]


class Webhook(TypedDict):
    """A URL that gets events."""

    webhookId: Annotated[Identifier, "The ID of the webhook."]
    webhookUrl: Annotated[Url, "Where the events go."]
    isDefault: Annotated[bool, "Whether it is the default webhook."]
    status: Annotated[Literal["active", "failing", "disabled"], "How it does."]
    failingSince: Annotated[Timestamp | None, "Since when attempts fail."]
    disabledAt: Annotated[Timestamp | None, "When it was disabled."]
    missedEvents: Annotated[int, "Events that failed or wait for a retry."]
    last7Days: Annotated[WebhookActivity, "The attempts of the last seven days."]
    createdAt: Annotated[Timestamp, "When it was first used."]


class DefaultWebhook(TypedDict):
    webhookUrl: Annotated[Url, "Where the events go."]
    events: Annotated[list[EventName], "The events that it gets."]
    isSigned: Annotated[bool, "Whether it has a secret."]
    createdAt: Annotated[Timestamp, "When it was set."]


class WebhookList(Success):
    default: Annotated[DefaultWebhook | None, "The default webhook, if there is one."]
    data: Annotated[list[Webhook], "The webhooks, newest first."]
    nextCursor: NextCursor


class WebhookChanged(Success):
    data: Annotated[Webhook, "The webhook."]


class DefaultWebhookSet(Success):
    data: Annotated[DefaultWebhook, "The default webhook."]


class EventsResent(Success):
    resent: Annotated[int, "How many events are sent again."]


class TestEventSent(Success):
    eventId: Annotated[Identifier, "The ID of the event, which has the outcome."]
