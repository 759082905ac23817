"""The OpenAPI description of the webhook endpoints."""

from __future__ import annotations

from accounts.api.responses import Confirmation
from config.api.descriptions import (
    AT,
    PAGING,
    PAGING_ERRORS,
    Operation,
    Response,
    describe,
    raised,
)
from config.api.errors import ApiError
from integrations.api import responses
from integrations.api.body_schemas import NewDefaultWebhook, Resending, TestEvent, WebhookChange
from integrations.api.serializers import (
    invalid_event_type,
    read_change,
    read_event_types,
)
from integrations.api.webhook_urls import check_receiver
from integrations.api.webhooks import (
    EnableWebhookView,
    ListWebhooksView,
    RemoveDefaultWebhookView,
    ResendWebhooksView,
    SetDefaultWebhookView,
    TestWebhookView,
    UpdateWebhookView,
    no_target,
    url_required,
    webhook_not_found,
)
from integrations.event_types import event_type_names, sample_names

_GROUP = "Webhooks"
_ID = "665a1f2e3b4c5d6e7f8a9b11"
_URL = "https://your-server.com/webhooks/shopiq"
_PATH = "The ID of the webhook."
_WEBHOOK = {
    "webhookId": _ID,
    "webhookUrl": _URL,
    "isDefault": False,
    "status": "failing",
    "failingSince": AT,
    "disabledAt": None,
    "missedEvents": 3,
    "last7Days": {
        "attempts": 120,
        "succeeded": 117,
        "medianMilliseconds": 41,
        "p95Milliseconds": 180,
        "lastAttemptAt": AT,
    },
    "createdAt": AT,
}
_DEFAULT = {
    "webhookUrl": "https://your-server.com/webhooks/all",
    "events": ["deployment.failed"],
    "isSigned": True,
    "createdAt": AT,
}
INVALID_URL = raised(check_receiver, "http://")
_INVALID_HOURS = raised(read_change, {"webhookSecret": "", "overlapHours": -1})
INVALID_SECRET = raised(read_change, {"webhookSecret": 1})
CHANGE_ERRORS: list[ApiError] = [
    raised(read_change, {}),
    INVALID_URL,
    _INVALID_HOURS,
    INVALID_SECRET,
]
CHANGE_EXAMPLES = {
    "Another URL": {"webhookUrl": _URL},
    "Another secret": {"webhookSecret": "whsec_your_new_secret_here", "overlapHours": 24},
}
_ONE = {"The webhook": {"success": True, "data": _WEBHOOK}}

describe(
    ListWebhooksView,
    Operation(
        _GROUP,
        "Lists the URLs that get events, newest first, with what became of them.",
        query=PAGING,
        responses=[
            Response(
                responses.WebhookList,
                {
                    "The only page": {
                        "success": True,
                        "default": _DEFAULT,
                        "data": [_WEBHOOK],
                        "nextCursor": None,
                    }
                },
            )
        ],
        errors=PAGING_ERRORS,
    ),
)
describe(
    UpdateWebhookView,
    Operation(
        _GROUP,
        "Changes the URL, the secret or both for all shops that use the webhook. Events that wait"
        " for a retry are sent at once. After a change of the URL the webhook has another ID.",
        path_text=_PATH,
        body=WebhookChange,
        body_examples=CHANGE_EXAMPLES,
        responses=[Response(responses.WebhookChanged, _ONE)],
        errors=[*CHANGE_ERRORS, webhook_not_found()],
    ),
)
describe(
    EnableWebhookView,
    Operation(
        _GROUP,
        "Sends events to a disabled webhook again, from the next one on.",
        path_text=_PATH,
        responses=[Response(responses.WebhookChanged, _ONE)],
        errors=[webhook_not_found()],
    ),
)
describe(
    ResendWebhooksView,
    Operation(
        _GROUP,
        "Enables webhooks and sends every event that they missed, in order and with the same IDs.",
        body=Resending,
        needs_body=False,
        body_examples={"One webhook": {"webhookId": _ID}, "All webhooks": {}},
        responses=[
            Response(
                responses.EventsResent,
                {"Accepted": {"success": True, "resent": 3}},
                status=202,
                text="The events are being sent.",
            )
        ],
        errors=[webhook_not_found()],
    ),
)
describe(
    TestWebhookView,
    Operation(
        _GROUP,
        'Sends a sample with `"testMode": true`, once. The event with the returned ID has the'
        " outcome.",
        body=TestEvent,
        needs_body=False,
        body_examples={"To a URL": {"webhookUrl": _URL, "event": "deployment.success"}},
        responses=[
            Response(
                responses.TestEventSent,
                {"Accepted": {"success": True, "eventId": "665a1f2e3b4c5d6e7f8a9b10"}},
                status=202,
                text="The event is being sent.",
            )
        ],
        errors=[
            invalid_event_type("event", sample_names()),
            INVALID_URL,
            INVALID_SECRET,
            no_target(),
            webhook_not_found(),
        ],
    ),
)
describe(
    SetDefaultWebhookView,
    Operation(
        _GROUP,
        "Sets where copies of the events of all shops and image calls go. An absent secret is"
        " kept.",
        body=NewDefaultWebhook,
        body_examples={
            "Failed deployments": {
                "webhookUrl": "https://your-server.com/webhooks/all",
                "webhookSecret": "whsec_your_secret_here",
                "events": ["deployment.failed"],
            }
        },
        responses=[
            Response(
                responses.DefaultWebhookSet,
                {"The default webhook": {"success": True, "data": _DEFAULT}},
            )
        ],
        errors=[
            url_required(),
            INVALID_URL,
            INVALID_SECRET,
            raised(read_event_types, {"events": []}),
            invalid_event_type("events", event_type_names()),
        ],
    ),
)
describe(
    RemoveDefaultWebhookView,
    Operation(
        _GROUP,
        "Stops the copies; those that wait for a retry are cancelled.",
        responses=[
            Response(
                Confirmation,
                {"Removed": {"success": True, "message": "Default webhook removed."}},
            )
        ],
        errors=[webhook_not_found()],
    ),
)
