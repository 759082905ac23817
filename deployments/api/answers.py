"""The bodies of successful responses, for the OpenAPI description; the tests compare each response
with them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from accounts.api.answers import Confirmation, StoredAddress
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
    identifier: str
    productionUrl: Url
    previewUrl: Url
    status: Literal["building"]


class DeploymentStarted(DeploymentAccepted):
    deploymentId: Identifier


class DeploymentCancelled(Confirmation):
    identifier: str
    deploymentId: Identifier


class Steps(TypedDict):
    queuedAt: Timestamp
    buildingAt: Timestamp | None
    createdAt: Timestamp | None
    endedAt: Timestamp | None


class Takedown(TypedDict):
    at: Timestamp
    reason: str


class DeploymentSummary(Notes):
    deploymentId: Identifier
    accountId: Identifier
    identifier: str
    brandName: str
    businessCategory: list[str]
    status: State
    reason: Reason
    language: Language
    error: str | None
    notice: Annotated[str | None, "What differs from the request."]
    productionUrl: Url
    previewUrl: Url
    productionPathUrl: Annotated[str | None, "On development servers only."]
    previewPathUrl: Annotated[str | None, "On development servers only."]
    takenDown: Takedown | None
    steps: Steps


class Attempt(TypedDict):
    at: Timestamp
    status: Annotated[int | None, "The HTTP status; null if there was no response."]
    error: str | None
    milliseconds: int | None


class Delivery(TypedDict):
    eventId: Identifier
    event: EventName
    delivery: DeliveryState
    createdAt: Timestamp
    nextAttemptAt: Timestamp | None
    attempts: list[Attempt]


class Update(TypedDict):
    """A later deployment of a live shop that is in progress or failed."""

    deploymentId: Identifier
    reason: Reason
    status: State
    error: str | None
    steps: Steps
    webhooks: list[Delivery]


class ShownContact(TypedDict):
    """What replaces the account's contact on the shop; null hides a line."""

    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    whatsapp: NotRequired[str | None]
    address: NotRequired[StoredAddress | None]


class Deployment(DeploymentSummary):
    publicContact: ShownContact | None
    update: Update | None
    webhooks: list[Delivery]


class DeploymentFound(Success):
    data: Deployment


class DeploymentList(Success):
    data: list[DeploymentSummary]
    nextCursor: NextCursor


class Event(TypedDict):
    eventId: Identifier
    event: EventName
    deploymentId: NotRequired[Annotated[str | None, "Null for a test event."]]
    operationId: NotRequired[Annotated[str, "In place of `deploymentId` for an image call."]]
    createdAt: Timestamp
    delivery: DeliveryState
    payload: Annotated[dict[str, Any], "What was signed and sent."]


class EventWithAttempts(Event):
    webhookUrl: Url
    nextAttemptAt: Timestamp | None
    attempts: list[Attempt]


class EventFound(Success):
    data: EventWithAttempts


class EventList(Success):
    data: list[Event]
    nextCursor: NextCursor
    hasMore: bool


class DeploymentWebhook(Success):
    identifier: str
    webhookUrl: Url


class TxtRecord(TypedDict):
    name: str
    value: str


class ProofFile(TypedDict):
    url: Url
    content: str


class Domain(TypedDict):
    domain: str
    status: Literal["pending", "verified"]
    verifiedAt: Timestamp | None
    checkedAt: Timestamp | None
    error: Annotated[str | None, "What the last check missed."]
    url: Annotated[Url | None, "Where the shop was reached at the domain."]
    txtRecord: TxtRecord
    file: ProofFile


class DomainList(Success):
    data: list[Domain]
