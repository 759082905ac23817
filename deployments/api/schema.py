"""The OpenAPI description of the deployment endpoints."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from django.utils.translation import gettext_noop
from rest_framework import serializers

from accounts.api.errors import account_not_found
from accounts.api.params import not_a_string
from config.api.descriptions import (
    BY_EXTERNAL_ID,
    PAGING,
    PAGING_ERRORS,
    Operation,
    Response,
    describe,
    raised,
)
from config.api.references import ReferenceSerializer
from deployments.api import responses
from deployments.api.examples import ACCEPTED, DELIVERY, DEPLOYMENT, IDENTIFIER, SHOP, SUMMARY
from deployments.api.serializers import (
    MAX_CATEGORIES,
    CategoriesField,
    ChangesSerializer,
    OptionsSerializer,
    read_deployment_request,
)
from deployments.api.site_views import (
    CancelView,
    RebuildView,
    RollbackView,
    conflict,
    website_not_found,
)
from deployments.api.views import (
    ACCOUNT_NOT_FOUND,
    CreateAndDeployView,
    DeploymentView,
    ListDeploymentsView,
    website_exists,
)
from deployments.categories import CATEGORIES
from deployments.rehearsals import SIMULATIONS
from deployments.services.locks import DeploymentInProgress, WebsiteTakenDown
from deployments.services.rebuilds import DeploymentEnded, WebsiteNotLive
from deployments.services.rollbacks import NoEarlierRelease

GROUP = "Deployments"
PATH = "The identifier of the shop, such as `nova-retail-abc123`."


class NewShopSerializer(OptionsSerializer, ReferenceSerializer):
    """The body of createAndDeploy; `read_deployment_request` reads it."""

    businessCategory = CategoriesField(
        help_text=gettext_noop("One to five of the supported categories.")
    )
    websiteType = serializers.ChoiceField(
        ["ecommerce"], required=False, help_text=gettext_noop("Only `ecommerce` is supported.")
    )


class Rollback(TypedDict):
    deploymentId: NotRequired[
        Annotated[str, "One of the last ten that were live; by default the one before."]
    ]


def _read(**changes: Any) -> Any:
    return raised(read_deployment_request, {**SHOP, **changes})


_INVALID = _read(brandLogo="logo")
_BODY_ERRORS = [
    _INVALID,
    _read(businessCategory=["Gaming", "Crypto"]),
    _read(businessCategory=list(CATEGORIES[: MAX_CATEGORIES + 1])),
    _read(webhookUrl="http://"),
]


def _started(what: str) -> Response:
    body = {
        **ACCEPTED,
        "message": f"Website {what} started. Webhook will notify on completion.",
        "deploymentId": "665a1f2e3b4c5d6e7f8a9b11",
    }
    text = "The deployment has started. Webhooks tell how it goes on."
    return Response(
        responses.DeploymentStarted,
        {gettext_noop("Deployment started"): body},
        status=202,
        text=text,
    )


describe(
    CreateAndDeployView,
    Operation(
        GROUP,
        "Creates and deploys a shop for an account. The response comes at once; webhooks tell how"
        " the deployment goes on. After a failed deployment, the account can deploy again and"
        " keeps its identifier.",
        body=NewShopSerializer,
        body_examples={
            "A shop": {
                **SHOP,
                "brandLogo": "https://example.com/nova-logo.png",
                "webhookSecret": "whsec_your_secret_here",
            }
        },
        is_idempotent=True,
        simulations=SIMULATIONS,
        name="createAndDeploy",
        responses=[
            Response(
                responses.DeploymentAccepted,
                {gettext_noop("Deployment started"): ACCEPTED},
                status=202,
                text="The deployment has started. Webhooks tell how it goes on.",
            )
        ],
        errors=[
            raised(read_deployment_request, {}),
            _read(websiteType="blog"),
            *_BODY_ERRORS,
            account_not_found(ACCOUNT_NOT_FOUND),
            website_exists(),
        ],
    ),
)
describe(
    ListDeploymentsView,
    Operation(
        GROUP,
        "Lists your deployments, newest first.",
        query=[BY_EXTERNAL_ID, *PAGING],
        responses=[
            Response(
                responses.DeploymentList,
                {"The only page": {"success": True, "data": [SUMMARY], "nextCursor": None}},
            )
        ],
        errors=PAGING_ERRORS,
    ),
)
describe(
    DeploymentView,
    Operation(
        GROUP,
        "Returns the live deployment of a shop, or its newest one before it is live, with every"
        " attempt to deliver its webhooks. `update` is a later deployment that is in progress or"
        " failed.",
        path_text=PATH,
        responses=[
            Response(
                responses.DeploymentFound,
                {
                    "A live shop": {
                        "success": True,
                        "data": {
                            **SUMMARY,
                            "publicContact": None,
                            "update": None,
                            "webhooks": [DELIVERY],
                        },
                    }
                },
            )
        ],
        errors=[website_not_found()],
    ),
)
describe(
    RebuildView,
    Operation(
        GROUP,
        "Builds a live shop again. What is missing in the body stays as it is. Visitors see the"
        " former release until the new one replaces it.",
        path_text=PATH,
        body=ChangesSerializer,
        needs_body=False,
        body_examples={"Another logo": {"brandLogo": "https://example.com/nova-logo.png"}},
        is_idempotent=True,
        responses=[_started("rebuild")],
        errors=[
            *_BODY_ERRORS,
            website_not_found(),
            conflict(WebsiteNotLive),
            conflict(WebsiteTakenDown),
            conflict(DeploymentInProgress),
        ],
    ),
)
describe(
    RollbackView,
    Operation(
        GROUP,
        "Publishes an earlier release exactly as it was.",
        path_text=PATH,
        body=Rollback,
        needs_body=False,
        body_examples={"The one before": {}, "A certain one": {"deploymentId": DEPLOYMENT}},
        is_idempotent=True,
        name="rollBackShop",
        responses=[_started("rollback")],
        errors=[
            not_a_string("deploymentId"),
            website_not_found(),
            conflict(WebsiteNotLive),
            conflict(WebsiteTakenDown),
            conflict(DeploymentInProgress),
            conflict(NoEarlierRelease),
        ],
    ),
)
describe(
    CancelView,
    Operation(
        GROUP,
        "Ends the deployment in progress with the event `deployment.failed`. A live shop keeps its"
        " release.",
        path_text=PATH,
        is_idempotent=True,
        responses=[
            Response(
                responses.DeploymentCancelled,
                {
                    "Cancelled": {
                        "success": True,
                        "message": "Deployment cancelled.",
                        "identifier": IDENTIFIER,
                        "deploymentId": DEPLOYMENT,
                    }
                },
            )
        ],
        errors=[website_not_found(), conflict(DeploymentEnded)],
    ),
)
