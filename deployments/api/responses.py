"""The bodies of successful responses, for the OpenAPI description; the tests compare each response
with them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from accounts.api.responses import Confirmation, StoredAddress
from config.api.descriptions import Identifier, Keywords, NextCursor, Notes, Success, Timestamp, Url
from deployments.models import Deployment as DeploymentRow
from integrations.event_types import sample_names
from integrations.models import WebhookDelivery

State = Annotated[str, Keywords(enum=[*DeploymentRow.State.values, "taken_down"])]
Reason = Annotated[str, Keywords(enum=DeploymentRow.Reason.values)]
Language = Annotated[str, Keywords(enum=DeploymentRow.Language.values)]
EventName = Annotated[str, f"{', '.join(sample_names())}; more may be added."]
DeliveryState = Annotated[str, Keywords(enum=WebhookDelivery.State.values)]


class DeploymentAccepted(Confirmation, Notes):
    identifier: Annotated[str, "The identifier of the shop, in all of its URLs."]
    productionUrl: Annotated[Url, "Where the shop will be."]
    previewUrl: Annotated[Url, "Where the shop can be seen before it is live."]
    status: Annotated[Literal["building"], "The deployment has started."]


class DeploymentStarted(DeploymentAccepted):
    deploymentId: Annotated[Identifier, "The ID of the deployment."]


class DeploymentCancelled(Confirmation):
    identifier: Annotated[str, "The identifier of the shop."]
    deploymentId: Annotated[Identifier, "The ID of the deployment."]


class Steps(TypedDict):
    queuedAt: Annotated[Timestamp, "When it was requested."]
    buildingAt: Annotated[Timestamp | None, "When the build started."]
    createdAt: Annotated[Timestamp | None, "When the shop was built."]
    endedAt: Annotated[Timestamp | None, "When it was live or had failed."]


class Takedown(TypedDict):
    at: Annotated[Timestamp, "When ShopIQ took the shop down."]
    reason: Annotated[str, "Why."]


class DeploymentSummary(Notes):
    deploymentId: Annotated[Identifier, "The ID of the deployment."]
    accountId: Annotated[Identifier, "The account."]
    identifier: Annotated[str, "The identifier of the shop."]
    brandName: Annotated[str, "The name of the shop."]
    businessCategory: Annotated[list[str], "The categories of the shop."]
    status: Annotated[State, "How far it is."]
    reason: Annotated[Reason, "Why the shop was deployed."]
    language: Annotated[Language, "The language of the shop's own texts."]
    error: Annotated[str | None, "Why it failed."]
    notice: Annotated[str | None, "What differs from the request."]
    productionUrl: Annotated[Url, "Where the shop is."]
    previewUrl: Annotated[Url, "Where the shop can be seen before it is live."]
    productionPathUrl: Annotated[str | None, "On development servers only."]
    previewPathUrl: Annotated[str | None, "On development servers only."]
    takenDown: Annotated[Takedown | None, "Set while ShopIQ has taken the shop down."]
    steps: Annotated[Steps, "When each step was reached."]


class Attempt(TypedDict):
    at: Annotated[Timestamp, "When it was made."]
    status: Annotated[int | None, "The HTTP status; null if there was no response."]
    error: Annotated[str | None, "Why there was no response."]
    milliseconds: Annotated[int | None, "How long it took."]


class Delivery(TypedDict):
    eventId: Annotated[Identifier, "The ID of the event."]
    event: EventName
    delivery: Annotated[DeliveryState, "What became of it."]
    createdAt: Annotated[Timestamp, "When it happened."]
    nextAttemptAt: Annotated[Timestamp | None, "When it is sent again."]
    attempts: Annotated[list[Attempt], "The attempts to deliver it."]


class Update(TypedDict):
    """A later deployment of a live shop that is in progress or failed."""

    deploymentId: Annotated[Identifier, "The ID of the deployment."]
    reason: Annotated[Reason, "Why the shop is deployed."]
    status: Annotated[State, "How far it is."]
    error: Annotated[str | None, "Why it failed."]
    steps: Annotated[Steps, "When each step was reached."]
    webhooks: Annotated[list[Delivery], "Its events."]


class ShownContact(TypedDict):
    """What replaces the account's contact on the shop; null hides a line."""

    email: NotRequired[Annotated[str | None, "The email address."]]
    phone: NotRequired[Annotated[str | None, "The phone number."]]
    whatsapp: NotRequired[Annotated[str | None, "The number for WhatsApp."]]
    address: NotRequired[Annotated[StoredAddress | None, "The address."]]


class Deployment(DeploymentSummary):
    publicContact: Annotated[
        ShownContact | None, "What the shop shows in place of the account's contact."
    ]
    update: Annotated[Update | None, "A later deployment that is in progress or failed."]
    webhooks: Annotated[list[Delivery], "Its events."]


class DeploymentFound(Success):
    data: Annotated[Deployment, "The deployment."]


class DeploymentList(Success):
    data: Annotated[list[DeploymentSummary], "The deployments, newest first."]
    nextCursor: NextCursor


class Event(TypedDict):
    eventId: Annotated[Identifier, "The ID of the event."]
    event: EventName
    deploymentId: NotRequired[Annotated[str | None, "Null for a test event."]]
    operationId: NotRequired[Annotated[str, "In place of `deploymentId` for an image call."]]
    createdAt: Annotated[Timestamp, "When it happened."]
    delivery: Annotated[DeliveryState, "What became of it."]
    payload: Annotated[dict[str, Any], "What was signed and sent."]


class EventWithAttempts(Event):
    webhookUrl: Annotated[Url, "Where it is sent."]
    nextAttemptAt: Annotated[Timestamp | None, "When it is sent again."]
    attempts: Annotated[list[Attempt], "The attempts to deliver it."]


class EventFound(Success):
    data: Annotated[EventWithAttempts, "The event."]


class EventList(Success):
    data: Annotated[list[Event], "The events, oldest first."]
    nextCursor: NextCursor
    hasMore: Annotated[bool, "Whether there is another page."]


class DeploymentWebhook(Success):
    identifier: Annotated[str, "The identifier of the shop."]
    webhookUrl: Annotated[Url, "Where its events go."]


class TxtRecord(TypedDict):
    name: Annotated[str, "The name of the record."]
    value: Annotated[str, "Its value."]


class ProofFile(TypedDict):
    url: Annotated[Url, "Where the file has to be."]
    content: Annotated[str, "What it has to contain."]


class Domain(TypedDict):
    domain: Annotated[str, "The domain."]
    status: Annotated[Literal["pending", "verified"], "Whether the merchant has proven it."]
    verifiedAt: Annotated[Timestamp | None, "Since when it is proven."]
    checkedAt: Annotated[Timestamp | None, "When it was last checked."]
    error: Annotated[str | None, "What the last check missed."]
    url: Annotated[Url | None, "Where the shop was reached at the domain."]
    txtRecord: Annotated[TxtRecord, "A record that proves it."]
    file: Annotated[ProofFile, "A file that proves it as well."]


class DomainList(Success):
    data: Annotated[list[Domain], "The domains of the account."]
