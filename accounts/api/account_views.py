"""Account endpoints: `/api/v2/third-party/*`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_noop

from accounts.api.account_representations import account_data, account_list, encrypted_account_data
from accounts.api.account_serializers import AccountChangeSerializer, AccountSerializer
from accounts.api.errors import account_not_found
from accounts.api.idempotency import idempotency_key, run_idempotent, store_response
from accounts.api.params import (
    body_text,
    external_id_filter,
    parse_id,
    query_text,
    query_timestamp,
)
from accounts.api.views import ManagementView
from accounts.error_codes import (
    ACCOUNT_ID_MISMATCH,
    ACCOUNT_TOO_LARGE,
    DUPLICATE_ACCOUNT,
    INVALID_PHONE,
)
from accounts.models import Account
from accounts.phones import read_digits
from accounts.services import accounts
from accounts.services.idempotency import Claim
from config.api.error_codes import MISSING_FIELDS
from config.api.errors import ApiError, bad_request
from config.api.pagination import NewestFirst
from config.api.renderers import ApiResponse

_MISSING = "Missing required fields: email and mobileNumber (with value and countryCode)."


class CreateAccountView(ManagementView):
    """POST createAccount."""

    endpoint = "accounts.create"
    label = gettext_noop("Create an account")
    result_page = "merchant"
    result_label = gettext_noop("Account")

    def post(self, request: Any) -> HttpResponse:
        return run_idempotent(request, self._run, key=idempotency_key(request))

    def _run(self, claim: Claim | None) -> HttpResponse:
        body: Any = self.request.data
        check_required(body)
        values = AccountSerializer().read(body)
        with documented_errors(), transaction.atomic():
            account = accounts.create_account(admission=self.admission, values=values)
            response = self._build_response(account)
            store_response(claim, response)
        return response

    def _build_response(self, account: Account) -> ApiResponse:
        return ApiResponse(
            {
                "success": True,
                "message": "Account created successfully",
                "accountId": account.id,
                "data": encrypted_account_data(account, self.admission.partner_name),
            },
            status=201,
            target=account.id,
        )


class DeleteAccountView(ManagementView):
    """DELETE deleteAccount."""

    endpoint = "accounts.delete"
    label = gettext_noop("Delete an account")

    def delete(self, request: Any) -> ApiResponse:
        account_id = _read_account_id(request, missing="accountId is required.")
        with documented_errors():
            accounts.delete_account(account_id=account_id, admission=self.admission)
        return ApiResponse({"success": True, "message": "Account permanently deleted."})


class UpdateAccountView(ManagementView):
    """PUT updateAccount."""

    endpoint = "accounts.update"
    label = gettext_noop("Update an account")
    result_page = "merchant"
    result_label = gettext_noop("Account")

    def put(self, request: Any) -> ApiResponse:
        account_id = _read_account_id(request, missing="accountId is required to update.")
        values = AccountChangeSerializer().read(request.data)
        with documented_errors():
            account = accounts.update_account(
                account_id=account_id, admission=self.admission, values=values
            )
        return ApiResponse(
            {
                "success": True,
                "message": "Account updated successfully",
                "data": account_data(account, self.admission.partner_name),
            },
            target=account.id,
        )


class GetAccountView(ManagementView):
    """GET getAccount/{accountId}."""

    endpoint = "accounts.read"
    label = gettext_noop("Get an account")

    def get(self, request: Any, account_id: str) -> ApiResponse:
        with documented_errors():
            account = Account.objects.of(self.admission.partner_id).get(pk=parse_id(account_id))
        data = account_data(account, self.admission.partner_name)
        return ApiResponse({"success": True, "data": data})


class ListAccountsView(ManagementView):
    """GET accounts: the partner's own, newest first, by `createdAfter` and `externalId`."""

    endpoint = "accounts.list"
    label = gettext_noop("List accounts")
    example = ""

    def get(self, request: Any) -> ApiResponse:
        rows = Account.objects.of(self.admission.partner_id).filter(**external_id_filter(request))
        if after := query_timestamp(request, "createdAfter"):
            rows = rows.filter(created_at__gt=after)
        page = NewestFirst.read(request.query_params).fetch_page(rows)
        return ApiResponse(
            {
                "success": True,
                "data": account_list(page.rows, self.admission.partner_name),
                "nextCursor": page.next_cursor,
            }
        )


class IsAccountCreatedView(ManagementView):
    """GET isAccountCreated. It looks at all partners, because uniqueness spans them, or at the
    sandbox of a test key."""

    endpoint = "accounts.exists"
    label = gettext_noop("Check if an account exists")

    def get(self, request: Any) -> ApiResponse:
        email = query_text(request, "email").strip()
        phone = query_text(request, "phone")
        if not email and not phone.strip():
            raise bad_request(
                "You must provide either an email or phone query parameter.", code=MISSING_FIELDS
            )
        if phone.strip():
            check_phone(phone)
        # An address has one account across all partners, and one in each sandbox.
        accounts, owner = Account.objects.of_all(), self.admission.partner_id
        is_created = bool(
            (email and accounts.with_email(email, owner=owner).exists())
            or (phone.strip() and accounts.with_phone(phone, owner=owner).exists())
        )
        message = "Account exists." if is_created else "Account does not exist."
        return ApiResponse({"success": True, "isCreated": is_created, "message": message})


@contextmanager
def documented_errors() -> Iterator[None]:
    """Translate the errors of the account services into the documented responses."""
    try:
        yield
    except Account.DoesNotExist:
        raise account_not_found() from None
    except accounts.DuplicateAccount as error:
        raise duplicate_account(error.field) from None
    except accounts.AccountTooLarge:
        raise account_too_large() from None


def duplicate_account(field: str) -> ApiError:
    message = "Account with this email or mobile number already exists."
    return ApiError(409, message, code=DUPLICATE_ACCOUNT, extra={"field": field} if field else {})


def account_too_large() -> ApiError:
    return bad_request("Account is too large (maximum 64 KB)", code=ACCOUNT_TOO_LARGE)


def check_phone(phone: str) -> None:
    """Raise a 400 unless the text of a query has the digits of a number."""
    if not read_digits(phone):
        message = "phone must be a phone number such as +919876543210"
        raise bad_request(message, code=INVALID_PHONE, field="phone")


def check_required(body: dict[str, Any]) -> None:
    """Raise the documented 400 unless the email and both parts of the mobile number are present."""
    mobile = body.get("mobileNumber")
    is_missing = not _has_value(body.get("email")) or mobile is None
    if isinstance(mobile, dict):
        is_missing |= not (
            _has_value(mobile.get("value")) and _has_value(mobile.get("countryCode"))
        )
    if is_missing:
        raise bad_request(_MISSING, code=MISSING_FIELDS)


def _has_value(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _read_account_id(request: Any, *, missing: str) -> str:
    """Read the id from query or body, 400 if they differ."""
    given = {query_text(request, "accountId").strip(), body_text(request, "accountId").strip()}
    given.discard("")
    if not given:
        raise bad_request(missing, code=MISSING_FIELDS, field="accountId")
    if len(given) > 1:
        raise different_ids()
    return parse_id(given.pop())


def different_ids() -> ApiError:
    message = "accountId in query and body differ."
    return bad_request(message, code=ACCOUNT_ID_MISMATCH, field="accountId")
