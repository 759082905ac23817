"""The OpenAPI description of events, webhooks of shops, and domains."""

from __future__ import annotations

from config.api.descriptions import (
    AT,
    ID,
    PAGING,
    PAGING_ERRORS,
    Operation,
    Query,
    Response,
    describe,
    raised,
)
from deployments.api import responses
from deployments.api.domain_views import DomainsView, VerifyDomainsView
from deployments.api.events import (
    DeploymentWebhookView,
    EventView,
    event_not_found,
    read_endpoint_kind,
)
from deployments.api.examples import ATTEMPT, IDENTIFIER
from deployments.api.schema import GROUP, PATH
from deployments.api.site_views import website_not_found
from deployments.api.views import ListEventsView, unknown_event
from integrations.api.body_schemas import WebhookChange
from integrations.api.webhook_schema import CHANGE_ERRORS, CHANGE_EXAMPLES

_EVENTS, _DOMAINS = "Events", "Domains"
_EVENT = "665a1f2e3b4c5d6e7f8a9b10"
_MISSED = {
    "eventId": _EVENT,
    "event": "website.building",
    "deploymentId": "665a1f2e3b4c5d6e7f8a9b0f",
    "createdAt": AT,
    "delivery": "failed",
    "payload": {
        "event": "website.building",
        "accountId": ID,
        "identifier": IDENTIFIER,
        "message": "AI is building your website...",
        "timestamp": AT,
    },
}
_DOMAIN_LIST = {
    "A domain": {
        "success": True,
        "data": [
            {
                "domain": "shop.novaretail.com",
                "status": "pending",
                "verifiedAt": None,
                "checkedAt": AT,
                "error": "The TXT record was not found, and the file has another content.",
                "url": None,
                "txtRecord": {
                    "name": "_shopiq.shop.novaretail.com",
                    "value": "shopiq-verification=9f2c0d",
                },
                "file": {
                    "url": "http://shop.novaretail.com/.well-known/shopiq-verification.txt",
                    "content": "9f2c0d",
                },
            }
        ],
    }
}

describe(
    ListEventsView,
    Operation(
        _EVENTS,
        "Lists what a receiver missed, oldest first. No event ever appears before one that you have"
        " read. Events are deleted 90 days after they end.",
        query=[
            Query("after", "The `eventId` of the last event that you have seen."),
            Query(
                "endpoint",
                "`default` lists the copies for the default webhook instead.",
                {"type": "string", "enum": ["default"]},
            ),
            *PAGING,
        ],
        responses=[
            Response(
                responses.EventList,
                {
                    "The only page": {
                        "success": True,
                        "data": [_MISSED],
                        "nextCursor": None,
                        "hasMore": False,
                    }
                },
            )
        ],
        errors=[unknown_event(), raised(read_endpoint_kind, "other"), *PAGING_ERRORS],
    ),
)
describe(
    EventView,
    Operation(
        _EVENTS,
        "Returns an event, also a test event, with every attempt to deliver it.",
        path_text="The ID of the event.",
        responses=[
            Response(
                responses.EventFound,
                {
                    "An event": {
                        "success": True,
                        "data": {
                            **_MISSED,
                            "webhookUrl": "https://your-server.com/webhooks/shopiq",
                            "nextAttemptAt": None,
                            "attempts": [ATTEMPT],
                        },
                    }
                },
            )
        ],
        errors=[event_not_found()],
    ),
)
describe(
    DeploymentWebhookView,
    Operation(
        GROUP,
        "Changes the URL, the secret or both of the webhook of one shop.",
        path_text=PATH,
        body=WebhookChange,
        body_examples=CHANGE_EXAMPLES,
        name="changeShopWebhook",
        responses=[
            Response(
                responses.DeploymentWebhook,
                {
                    "Changed": {
                        "success": True,
                        "identifier": IDENTIFIER,
                        "webhookUrl": "https://your-server.com/webhooks/shopiq",
                    }
                },
            )
        ],
        errors=[*CHANGE_ERRORS, website_not_found()],
    ),
)
describe(
    DomainsView,
    Operation(
        _DOMAINS,
        "Lists the domains of the shop's account, and how each is verified.",
        path_text=PATH,
        name="listShopDomains",
        responses=[Response(responses.DomainList, _DOMAIN_LIST)],
        errors=[website_not_found()],
    ),
)
describe(
    VerifyDomainsView,
    Operation(
        _DOMAINS,
        "Checks the domains at once instead of at the next time.",
        path_text=PATH,
        name="verifyShopDomains",
        responses=[
            Response(
                responses.DomainList,
                _DOMAIN_LIST,
                status=202,
                text="The domains are being checked.",
            )
        ],
        errors=[website_not_found()],
    ),
)
