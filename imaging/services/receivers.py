"""Where the events of image calls go; calls name a receiver again and again."""

from __future__ import annotations

from deployments.models import Deployment
from imaging.events import FAILED, SUCCEEDED
from imaging.requests import Receiver
from integrations.models import WebhookEndpoint
from integrations.services.endpoints import add_endpoint

#: How many of the partner's newest endpoints are looked at; thousands of calls share one of them.
_NEWEST = 50


def find_or_add_endpoint(*, partner_id: str, receiver: Receiver | None) -> WebhookEndpoint | None:
    """Return the endpoint of a call's event; call this in a transaction.

    Without a receiver it is the partner's default one, None if that takes no events of images.
    """
    if receiver is None:
        default = WebhookEndpoint.objects.of(partner_id).default()
        return default.filter(event_types__overlap=[SUCCEEDED, FAILED]).first()
    mine = WebhookEndpoint.objects.of(partner_id).filter(kind=WebhookEndpoint.Kind.OWN)
    for endpoint in mine.order_by("-created_at", "-id")[:_NEWEST]:
        if endpoint.url == receiver.url and endpoint.gone_at is None and _fits(endpoint, receiver):
            return endpoint
    return add_endpoint(partner_id=partner_id, url=receiver.url, secret=receiver.secret)


def _fits(endpoint: WebhookEndpoint, receiver: Receiver) -> bool:
    """Return whether it has the secret; that of a shop belongs to the shop alone."""
    of_shops = Deployment.objects.of(endpoint.partner_id).filter(endpoint=endpoint)
    return endpoint.read_secret() == receiver.secret and not of_shops.exists()
