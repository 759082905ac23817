"""The OpenAPI description of the integration endpoints."""

from __future__ import annotations

from typing import Annotated, TypedDict

from django.utils.translation import gettext_noop

from accounts.api.errors import account_not_found
from accounts.api.params import not_a_string
from accounts.api.responses import Confirmation
from config.api.descriptions import AT, ID, Keywords, Operation, Query, Response, describe
from config.api.error_codes import MISSING_FIELDS
from config.api.errors import bad_request
from integrations.api import responses
from integrations.api.registry import MAX_CREDENTIAL_LENGTH, Registry, missing_credentials
from integrations.api.views import (
    ACCOUNT_NOT_FOUND,
    ConnectIntegrationView,
    DisconnectIntegrationView,
    IntegrationStatusView,
    missing_names,
    no_account_id,
    not_an_object,
    not_connected,
    unsupported_integration,
)
from integrations.error_codes import INVALID_CREDENTIALS

_GROUP = "Integrations"
_NAME, _DISPLAY_NAME, _FIELDS = "yourIntegration", "Your Integration", ["apiKey", "userId"]
_INTEGRATION = {"name": _NAME, "displayName": _DISPLAY_NAME, "connectedAt": AT, "access": True}
_WRONG_NAME = not_a_string("integrationName")


class IntegrationName(TypedDict):
    shopIQAccountId: Annotated[str, gettext_noop("The account.")]
    integrationName: Annotated[str, gettext_noop("The name of the integration.")]


class NewConnection(IntegrationName):
    credentials: Annotated[
        dict[str, Annotated[str, Keywords(maxLength=MAX_CREDENTIAL_LENGTH)]],
        gettext_noop(
            "Those that the integration requires; others are dropped. They are encrypted at rest."
        ),
    ]


describe(
    ConnectIntegrationView,
    Operation(
        _GROUP,
        "Links an account to an integration. If it is connected already, its credentials are"
        " replaced. `yourIntegration` stands for the integration that ShopIQ registered for you.",
        body=NewConnection,
        body_examples={
            "Credentials": {
                "shopIQAccountId": ID,
                "integrationName": _NAME,
                "credentials": {"apiKey": "pk_live_abc123def456", "userId": "usr_789xyz"},
            }
        },
        responses=[
            Response(
                responses.IntegrationConnected,
                {
                    gettext_noop("Connected"): {
                        "success": True,
                        "message": "ShopIQ account successfully linked with Your Integration.",
                        "integration": _INTEGRATION,
                    }
                },
            )
        ],
        errors=[
            bad_request(
                Registry(()).missing_fields().message,
                code=MISSING_FIELDS,
                example={
                    "shopIQAccountId": "your-account-id",
                    "integrationName": _NAME,
                    "credentials": {"apiKey": "your-api-key", "userId": "your-user-id"},
                },
                supportedIntegrations=[_NAME],
            ),
            not_an_object(),
            bad_request(
                f"credentials.apiKey must be a string of at most {MAX_CREDENTIAL_LENGTH}"
                " characters",
                code=INVALID_CREDENTIALS,
                field="credentials.apiKey",
            ),
            _WRONG_NAME,
            unsupported_integration("unknownService", [_NAME], lists_names=True),
            missing_credentials(_DISPLAY_NAME, _FIELDS, _FIELDS),
            account_not_found(ACCOUNT_NOT_FOUND),
        ],
    ),
)
describe(
    DisconnectIntegrationView,
    Operation(
        _GROUP,
        "Disconnects an integration. Its record is kept, and it can be connected again.",
        body=IntegrationName,
        body_examples={"An integration": {"shopIQAccountId": ID, "integrationName": _NAME}},
        responses=[
            Response(
                Confirmation,
                {
                    gettext_noop("Disconnected"): {
                        "success": True,
                        "message": "Integration 'yourIntegration' has been disconnected.",
                    }
                },
            )
        ],
        errors=[
            missing_names(),
            _WRONG_NAME,
            unsupported_integration("unknownService", [_NAME], lists_names=False),
            account_not_found(ACCOUNT_NOT_FOUND),
            not_connected(_NAME),
        ],
    ),
)
describe(
    IntegrationStatusView,
    Operation(
        _GROUP,
        "Returns whether one integration is connected to an account, or all that are.",
        query=[
            Query("shopIQAccountId", gettext_noop("The account."), required=True, example=ID),
            Query("integrationName", gettext_noop("One integration; without it, all are listed.")),
        ],
        responses=[
            Response(
                responses.IntegrationStatus,
                {
                    gettext_noop("Connected"): {
                        "success": True,
                        "connected": True,
                        "integration": _INTEGRATION,
                    },
                    gettext_noop("Not connected"): {
                        "success": True,
                        "connected": False,
                        "message": "Integration 'yourIntegration' is not connected.",
                    },
                    gettext_noop("All integrations"): {
                        "success": True,
                        "integrations": [_INTEGRATION],
                        "supportedIntegrations": [_NAME],
                    },
                },
            )
        ],
        errors=[no_account_id(), account_not_found(ACCOUNT_NOT_FOUND)],
    ),
)
