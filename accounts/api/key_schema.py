"""The OpenAPI description of auto-login links and of `me`."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from django.utils.translation import gettext_noop

from accounts.api import responses
from accounts.api.account_views import check_phone
from accounts.api.auto_login_views import (
    GenerateAutoLoginUrlView,
    ListAutoLoginLinksView,
    RevokeAutoLoginLinksView,
    account_id_required,
    ambiguous_phone,
    link_not_found,
    no_identifier,
)
from accounts.api.errors import account_not_found
from accounts.api.key_views import ManagementKeyView
from accounts.api.params import not_a_string
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

KEYS = "Keys"
_AUTO_LOGIN = "Auto-login"
_LINK = "665a1f2e3b4c5d6e7f8a9b0e"
_WEEK_LATER = "2025-07-22T10:30:00.000Z"
_MINUTE = {"limit": 60, "remaining": 59, "resetSeconds": 60}
KEY: dict[str, Any] = {
    "partner": {"id": "665a1f2e3b4c5d6e7f8a9b01", "name": "Nova Retail"},
    "key": {
        "id": "665a1f2e3b4c5d6e7f8a9b0d",
        "name": "Server",
        "lastFour": "b7Qk",
        "environment": "management",
        "createdAt": "2025-07-01T08:00:00.000Z",
        "expiresAt": None,
        "allowedNetworks": ["203.0.113.0/24"],
    },
    "permissions": ["accounts.create", "accounts.read"],
    "limits": {"minute": _MINUTE, "day": {"limit": 10000, "remaining": 870, "resetSeconds": 4211}},
}


class Identification(TypedDict):
    """At least one is required; the first one given decides: accountId, email, phone."""

    accountId: NotRequired[
        Annotated[str, gettext_noop("The account. Required without `email` and `phone`.")]
    ]
    email: NotRequired[
        Annotated[
            str,
            gettext_noop("The account's email address. Required without `accountId` and `phone`."),
        ]
    ]
    phone: NotRequired[
        Annotated[
            str,
            gettext_noop(
                "The account's phone number, best with its country code. Required without"
                " `accountId` and `email`."
            ),
        ]
    ]


class Revocation(TypedDict):
    accountId: Annotated[str, gettext_noop("The account.")]
    linkId: NotRequired[Annotated[str, "One link; without it, all of the account are revoked."]]


describe(
    GenerateAutoLoginUrlView,
    Operation(
        _AUTO_LOGIN,
        "Returns a URL that signs the merchant in. It contains a signed JWT that is valid for 7"
        " days.",
        body=Identification,
        conditional=["accountId", "email", "phone"],
        body_examples={
            "By account": {"accountId": ID},
            gettext_noop("By email address"): {"email": "sarah@novaretail.com"},
            gettext_noop("By phone number"): {"phone": "+919876543210"},
        },
        name="generateAutoLoginUrl",
        responses=[
            Response(
                responses.AutoLoginUrl,
                {
                    gettext_noop("Generated"): {
                        "success": True,
                        "message": "Auto-login URL generated successfully.",
                        "redirectUrl": "https://d5ys1oo7li3y6.cloudfront.net/chat"
                        "?token=eyJhbGciOiJIUzI1NiIs...",
                        "linkId": _LINK,
                        "expiresAt": _WEEK_LATER,
                    }
                },
            )
        ],
        errors=[
            no_identifier(),
            not_a_string("accountId"),
            raised(check_phone, "none"),
            ambiguous_phone(),
            account_not_found(),
        ],
    ),
)
describe(
    ListAutoLoginLinksView,
    Operation(
        _AUTO_LOGIN,
        "Lists the auto-login links of an account, newest first.",
        query=[
            Query("accountId", gettext_noop("The account."), required=True, example=ID),
            *PAGING,
        ],
        name="listAutoLoginLinks",
        responses=[
            Response(
                responses.AutoLoginLinks,
                {
                    "The only page": {
                        "success": True,
                        "data": [
                            {
                                "linkId": _LINK,
                                "createdAt": AT,
                                "expiresAt": _WEEK_LATER,
                                "revokedAt": None,
                                "lastUsedAt": "2025-07-16T08:00:00.000Z",
                                "useCount": 2,
                                "key": {"id": "665a1f2e3b4c5d6e7f8a9b0d", "lastFour": "b7Qk"},
                            }
                        ],
                        "nextCursor": None,
                    }
                },
            )
        ],
        errors=[account_id_required(), *PAGING_ERRORS, account_not_found()],
    ),
)
describe(
    RevokeAutoLoginLinksView,
    Operation(
        _AUTO_LOGIN,
        "Revokes one auto-login link, or all of an account.",
        body=Revocation,
        body_examples={
            "One link": {"accountId": ID, "linkId": _LINK},
            "All links": {"accountId": ID},
        },
        name="revokeAutoLoginLinks",
        responses=[
            Response(
                responses.LinksRevoked,
                {
                    "One link": {"success": True, "message": "Auto-login link revoked."},
                    "All links": {
                        "success": True,
                        "message": "Auto-login links revoked.",
                        "revoked": 2,
                    },
                },
            )
        ],
        errors=[
            account_id_required(),
            not_a_string("accountId"),
            account_not_found(),
            link_not_found(),
        ],
    ),
)
describe(
    ManagementKeyView,
    Operation(
        KEYS,
        "Returns what the key of the request may do, for a check at start-up. Every key can call"
        " it.",
        name="getManagementKey",
        responses=[Response(responses.ManagementKey, {"A key": {"success": True, "data": KEY}})],
    ),
)
