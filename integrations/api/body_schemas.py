"""The bodies of webhook endpoints."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from config.api.descriptions import Keywords
from integrations.api.serializers import MAX_HOURS, MAX_SECRET_LENGTH
from integrations.event_types import TEST_EVENT, event_type_names, sample_names

NewUrl = Annotated[str, "The URL: https, and public."]
Secret = Annotated[
    str | None,
    "Signs the events. `null` or an empty text removes it.",
    Keywords(maxLength=MAX_SECRET_LENGTH),
]


class WebhookChange(TypedDict):
    """At least one of `webhookUrl` and `webhookSecret`."""

    webhookUrl: NotRequired[NewUrl]
    webhookSecret: NotRequired[Secret]
    overlapHours: NotRequired[
        Annotated[
            int,
            "For so long, the previous secret signs as well. Default: 0.",
            Keywords(minimum=0, maximum=MAX_HOURS),
        ]
    ]


class NewDefaultWebhook(TypedDict):
    webhookUrl: NewUrl
    webhookSecret: NotRequired[Secret]
    events: NotRequired[
        Annotated[
            list[Annotated[str, Keywords(enum=event_type_names())]],
            "Which events it gets; by default all.",
            Keywords(minItems=1),
        ]
    ]


class TestEvent(TypedDict):
    """A URL, a known webhook, or neither for the default webhook."""

    webhookUrl: NotRequired[NewUrl]
    webhookSecret: NotRequired[Secret]
    webhookId: NotRequired[Annotated[str, "A known webhook."]]
    event: NotRequired[Annotated[str, f"Default: `{TEST_EVENT}`.", Keywords(enum=sample_names())]]


class Resending(TypedDict):
    webhookId: NotRequired[Annotated[str, "One webhook; without it, all of them."]]
