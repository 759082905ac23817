"""The OpenAPI description of the account endpoints."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from accounts.api import responses
from accounts.api.account_serializers import AccountChangeSerializer, AccountSerializer
from accounts.api.account_views import (
    CreateAccountView,
    DeleteAccountView,
    GetAccountView,
    IsAccountCreatedView,
    ListAccountsView,
    UpdateAccountView,
    account_too_large,
    check_phone,
    check_required,
    different_ids,
    duplicate_account,
)
from accounts.api.auto_login_views import account_id_required
from accounts.api.errors import account_not_found
from accounts.api.examples import ACCOUNT, ENCRYPTED, PERSON, SHOP, WHOLE
from accounts.api.params import invalid_timestamp, not_a_string
from config.api.descriptions import (
    BY_EXTERNAL_ID,
    ID,
    PAGING,
    PAGING_ERRORS,
    Operation,
    Query,
    Response,
    describe,
    raised,
)
from config.api.error_codes import MISSING_FIELDS
from config.api.errors import bad_request
from config.api.serializers import TextField

ACCOUNTS = "Accounts"
INVALID = not_a_string("firstName")


class AccountUpdateSerializer(AccountChangeSerializer):
    """The body of updateAccount with the account, which can be in the query instead."""

    accountId = TextField(
        required=False, help_text=gettext_noop("The account; may be in the query instead.")
    )


_ACCOUNT_ID = Query(
    "accountId", gettext_noop("The account; may be in the body instead."), example=ID
)

describe(
    CreateAccountView,
    Operation(
        ACCOUNTS,
        "Creates an account. Its email address and mobile number must be unique on the platform.",
        body=AccountSerializer,
        body_examples={"An account": PERSON, gettext_noop("With business details"): WHOLE},
        is_idempotent=True,
        responses=[
            Response(
                responses.AccountCreated,
                {
                    gettext_noop("Account created"): {
                        "success": True,
                        "message": "Account created successfully",
                        "accountId": ID,
                        "data": ENCRYPTED,
                    }
                },
                status=201,
                text="The account was created. Email and mobile number are encrypted.",
            )
        ],
        errors=[
            raised(check_required, {}),
            INVALID,
            duplicate_account("email"),
            account_too_large(),
        ],
    ),
)
describe(
    DeleteAccountView,
    Operation(
        ACCOUNTS,
        "Deletes an account for good, with its shop, deliveries and auto-login links. The ID can"
        " be sent in the query or in the body.",
        query=[_ACCOUNT_ID],
        conditional=["accountId"],
        responses=[
            Response(
                responses.Confirmation,
                {
                    gettext_noop("Deleted"): {
                        "success": True,
                        "message": "Account permanently deleted.",
                    }
                },
            )
        ],
        errors=[
            account_id_required(),
            not_a_string("accountId"),
            different_ids(),
            account_not_found(),
        ],
    ),
)
describe(
    UpdateAccountView,
    Operation(
        ACCOUNTS,
        "Changes the fields that are sent; all others stay. `null` clears an optional field. If"
        " the change shows on the account's live shop, the shop is built again.",
        query=[_ACCOUNT_ID],
        conditional=["accountId"],
        body=AccountUpdateSerializer,
        body_examples={
            "A new name": {
                "accountId": ID,
                "firstName": "Sarah",
                "businessName": "Nova Retail Premium",
            }
        },
        responses=[
            Response(
                responses.AccountUpdated,
                {
                    gettext_noop("Updated"): {
                        "success": True,
                        "message": "Account updated successfully",
                        "data": {**ACCOUNT, "businessName": "Nova Retail Premium"},
                    }
                },
            )
        ],
        errors=[
            bad_request("accountId is required to update.", code=MISSING_FIELDS, field="accountId"),
            INVALID,
            different_ids(),
            account_not_found(),
            duplicate_account("email"),
            account_too_large(),
        ],
    ),
)
describe(
    GetAccountView,
    Operation(
        ACCOUNTS,
        "Returns an account, decrypted.",
        path_text=gettext_noop("The ID of the account."),
        responses=[
            Response(
                responses.AccountFound, {gettext_noop("Found"): {"success": True, "data": SHOP}}
            )
        ],
        errors=[account_not_found()],
    ),
)
describe(
    ListAccountsView,
    Operation(
        ACCOUNTS,
        "Lists your accounts, newest first.",
        query=[
            Query(
                "createdAfter",
                "Only accounts created after this date and time.",
                {"type": "string", "format": "date-time"},
            ),
            BY_EXTERNAL_ID,
            *PAGING,
        ],
        responses=[
            Response(
                responses.AccountList,
                {"The only page": {"success": True, "data": [SHOP], "nextCursor": None}},
            )
        ],
        errors=[
            invalid_timestamp("createdAfter"),
            *PAGING_ERRORS,
        ],
    ),
)
describe(
    IsAccountCreatedView,
    Operation(
        ACCOUNTS,
        "Checks whether the platform has an account with this email address or phone number. Send"
        " at least one of them; with both, either is enough.",
        query=[
            Query(
                "email",
                gettext_noop("The email address. Required without `phone`."),
                example="sarah@novaretail.com",
            ),
            Query(
                "phone",
                gettext_noop(
                    "The phone number, best with its country code. Required without `email`."
                ),
                example="9876543210",
            ),
        ],
        conditional=["email", "phone"],
        name="isAccountCreated",
        responses=[
            Response(
                responses.AccountExistence,
                {
                    gettext_noop("Account exists"): {
                        "success": True,
                        "isCreated": True,
                        "message": "Account exists.",
                    },
                    gettext_noop("Account does not exist"): {
                        "success": True,
                        "isCreated": False,
                        "message": "Account does not exist.",
                    },
                },
            )
        ],
        errors=[
            bad_request(
                "You must provide either an email or phone query parameter.", code=MISSING_FIELDS
            ),
            raised(check_phone, "none"),
        ],
    ),
)
