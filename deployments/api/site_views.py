"""Rebuild, roll back and cancel a shop: `deployments/{identifier}/…`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_noop

from accounts.api.idempotency import idempotency_key, run_idempotent, store_response
from accounts.api.params import body_text
from accounts.api.views import ManagementView
from accounts.services.idempotency import Claim
from config.api.error_codes import ErrorCode
from config.api.errors import ApiError, not_found
from config.api.renderers import ApiResponse
from deployments.api import representations
from deployments.api.serializers import read_changes
from deployments.error_codes import (
    DEPLOYMENT_IN_PROGRESS,
    DEPLOYMENT_NOT_FOUND,
    NO_DEPLOYMENT_IN_PROGRESS,
    NO_EARLIER_RELEASE,
    WEBSITE_NOT_LIVE,
    WEBSITE_TAKEN_DOWN,
)
from deployments.models import Deployment, Website
from deployments.services.locks import (
    DeploymentConflict,
    DeploymentInProgress,
    WebsiteTakenDown,
)
from deployments.services.rebuilds import (
    DeploymentEnded,
    WebsiteNotLive,
    cancel_deployment,
    rebuild_site,
)
from deployments.services.redeployments import deployments_of
from deployments.services.rollbacks import NoEarlierRelease, roll_back_site

_CONFLICTS: dict[type[DeploymentConflict], tuple[str, ErrorCode]] = {
    WebsiteNotLive: ("Only a live website can be changed.", WEBSITE_NOT_LIVE),
    WebsiteTakenDown: ("This website is taken down.", WEBSITE_TAKEN_DOWN),
    DeploymentInProgress: (
        "A deployment of this website is in progress.",
        DEPLOYMENT_IN_PROGRESS,
    ),
    DeploymentEnded: (
        "No deployment of this website is in progress.",
        NO_DEPLOYMENT_IN_PROGRESS,
    ),
    NoEarlierRelease: ("There is no earlier release of this website.", NO_EARLIER_RELEASE),
}


def website_not_found() -> ApiError:
    return not_found("Deployment not found.", code=DEPLOYMENT_NOT_FOUND)


def find_website(partner_id: str, identifier: str) -> Website:
    """Return the partner's website; raise the 404 of an unknown one."""
    mine = Website.objects.of(partner_id).select_related("partner", "account")
    website = mine.filter(identifier=identifier.replace("\x00", "")).first()
    if website is None:
        raise website_not_found()
    return website


@contextmanager
def documented_conflicts() -> Iterator[None]:
    try:
        yield
    except DeploymentConflict as error:
        if type(error) not in _CONFLICTS:  # the account was deleted in this moment
            raise website_not_found() from None
        raise conflict(type(error)) from None


def conflict(kind: type[DeploymentConflict]) -> ApiError:
    """Return the documented 409."""
    message, code = _CONFLICTS[kind]
    return ApiError(409, message, code=code)


class WebsiteView(ManagementView):
    """A call about one shop; with an Idempotency-Key it is carried out once."""

    def post(self, request: Any, identifier: str) -> HttpResponse:
        def run(claim: Claim | None) -> HttpResponse:
            website = find_website(self.admission.partner_id, identifier)
            with documented_conflicts(), transaction.atomic():
                response = self.change(website)
                store_response(claim, response)
            return response

        return run_idempotent(request, run, key=idempotency_key(request))

    @abstractmethod
    def change(self, website: Website) -> HttpResponse: ...

    @property
    def actor(self) -> str:
        return f"key:{self.admission.key_id}"

    def _started(self, deployment: Deployment, what: str) -> HttpResponse:
        return ApiResponse(
            representations.restarted(deployment, what), status=202, target=deployment.id
        )


class RebuildView(WebsiteView):
    endpoint = "deployments.rebuild"
    label = gettext_noop("Rebuild a shop")
    result_page = "deployment"
    result_label = gettext_noop("Deployment")

    def change(self, website: Website) -> HttpResponse:
        body: Any = self.request.data
        changes = read_changes(body)
        deployment = rebuild_site(website=website, actor=self.actor, changes=changes)
        return self._started(deployment, "rebuild")


class RollbackView(WebsiteView):
    endpoint = "deployments.rollback"
    label = gettext_noop("Roll a shop back")
    result_page = "deployment"
    result_label = gettext_noop("Deployment")

    def change(self, website: Website) -> HttpResponse:
        deployment = roll_back_site(
            website=website,
            actor=self.actor,
            deployment_id=body_text(self.request, "deploymentId").strip(),
        )
        return self._started(deployment, "rollback")


class CancelView(WebsiteView):
    endpoint = "deployments.cancel"
    label = gettext_noop("Cancel a deployment")
    result_page = "deployment"
    result_label = gettext_noop("Deployment")

    def change(self, website: Website) -> HttpResponse:
        running = deployments_of(website).running().select_related("website").first()
        if running is None:
            raise DeploymentEnded
        cancel_deployment(deployment=running, actor=self.actor)
        body = {
            "success": True,
            "message": "Deployment cancelled.",
            "identifier": website.identifier,
            "deploymentId": running.id,
        }
        return ApiResponse(body, target=running.id)
