"""The Shops API: `/api/v2/third-party/*`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_noop

from accounts.api.errors import account_not_found
from accounts.api.idempotency import idempotency_key, run_idempotent, store_response
from accounts.api.params import external_id_filter, query_text
from accounts.api.rehearsals import read_simulation
from accounts.api.views import ManagementView
from accounts.models import Account
from accounts.services.idempotency import Claim
from config.api.errors import ApiError, bad_request
from config.api.pagination import NewestFirst, OldestFirst
from config.api.renderers import ApiResponse
from config.db.ids import is_id
from deployments.api import representations
from deployments.api.events import read_endpoint_kind
from deployments.api.serializers import read_deployment_request
from deployments.api.site_views import website_not_found
from deployments.error_codes import EVENT_NOT_FOUND, WEBSITE_EXISTS
from deployments.models import Deployment
from deployments.rehearsals import SIMULATIONS
from deployments.services.creation import WebsiteExists, create_deployment
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.services.webhooks import stable_before

#: The documented message, which differs from that of the account endpoints.
ACCOUNT_NOT_FOUND = "Account not found"


def website_exists() -> ApiError:
    return ApiError(409, "Website already exists for this account", code=WEBSITE_EXISTS)


def unknown_event() -> ApiError:
    message = "after must be the eventId of an event of yours"
    return bad_request(message, code=EVENT_NOT_FOUND, field="after")


class CreateAndDeployView(ManagementView):
    endpoint = "deployments.create"
    label = gettext_noop("Deploy a shop")
    result_page = "deployment"
    result_label = gettext_noop("Deployment")

    def post(self, request: Any) -> HttpResponse:
        return run_idempotent(request, self._run, key=idempotency_key(request))

    def _run(self, claim: Claim | None) -> HttpResponse:
        body: Any = self.request.data
        simulation = read_simulation(self.request, self.admission, SIMULATIONS)
        shop = replace(read_deployment_request(body), simulation=simulation)
        if not is_id(shop.account_id):
            raise account_not_found(ACCOUNT_NOT_FOUND)
        try:
            with transaction.atomic():
                deployment = create_deployment(admission=self.admission, shop=shop)
                response = ApiResponse(
                    representations.accepted(deployment), status=202, target=deployment.id
                )
                store_response(claim, response)
        except Account.DoesNotExist:
            raise account_not_found(ACCOUNT_NOT_FOUND) from None
        except WebsiteExists:
            raise website_exists() from None
        return response


class ListDeploymentsView(ManagementView):
    """GET deployments: the partner's own, newest first, by `externalId`."""

    endpoint = "deployments.list"
    label = gettext_noop("List deployments")
    example = ""

    def get(self, request: Any) -> ApiResponse:
        rows = Deployment.objects.of(self.admission.partner_id).filter(
            **external_id_filter(request)
        )
        page = NewestFirst.read(request.query_params).fetch_page(
            rows.select_related("website").defer("material")
        )
        return ApiResponse(
            {
                "success": True,
                "data": [representations.summary(row) for row in page.rows],
                "nextCursor": page.next_cursor,
            }
        )


class DeploymentView(ManagementView):
    """GET deployments/{identifier}: a shop, what is being done to it, and the webhooks."""

    endpoint = "deployments.read"
    label = gettext_noop("Get a deployment")

    def get(self, request: Any, identifier: str) -> ApiResponse:
        deployments = Deployment.objects.of(self.admission.partner_id).filter(
            website__identifier=identifier.replace("\x00", "")
        )
        rows = (
            deployments.select_related("website").defer("material").order_by("-created_at", "-id")
        )
        newest, live = rows.first(), rows.filter(state=Deployment.State.LIVE).first()
        if newest is None:
            raise website_not_found()
        shown = live or newest
        mine = WebhookDelivery.objects.of(self.admission.partner_id)
        # Without the copies for the partner's default endpoint.
        own = mine.filter(endpoint__kind=WebhookEndpoint.Kind.OWN)
        deliveries = own.filter(stream__in=[shown.id, newest.id]).order_by("position")
        data = representations.detail(
            shown,
            newest if newest != shown else None,
            list(deliveries.prefetch_related("attempts")),
        )
        return ApiResponse({"success": True, "data": data})


class ListEventsView(ManagementView):
    """GET events: what a receiver missed, oldest first; `after` is the last event that the caller
    has seen.

    `endpoint=default` lists the copies for the default endpoint instead.
    """

    endpoint = "events.list"
    label = gettext_noop("List events")
    example = ""

    def get(self, request: Any) -> ApiResponse:
        kind = read_endpoint_kind(query_text(request, "endpoint"))
        mine = WebhookDelivery.objects.of(self.admission.partner_id).filter(endpoint__kind=kind)
        after = query_text(request, "after").strip()
        paging = OldestFirst.read(request.query_params)
        if after and paging.after is None:
            last_seen = paging.keyset.position_of(self._last_seen(mine, after))
            paging = replace(paging, after=last_seen)
        events = mine.filter(created_at__lt=stable_before(self.admission.partner_id))
        page = paging.fetch_page(events)
        return ApiResponse(
            {
                "success": True,
                "data": [representations.event(row) for row in page.rows],
                "nextCursor": page.next_cursor,
                "hasMore": page.next_cursor is not None,
            }
        )

    def _last_seen(self, mine: QuerySet[WebhookDelivery], event_id: str) -> WebhookDelivery:
        event = mine.filter(pk=event_id).first() if is_id(event_id) else None
        if event is None:
            raise unknown_event()
        return event
