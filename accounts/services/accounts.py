"""Creating, updating and deleting accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from psycopg import errors

from accounts.models import Account
from accounts.services.audit import record_api_audit
from accounts.services.authorization import Admission
from accounts.signals import account_deleting, account_updated

#: Size limit of the profile, as JSON in UTF-8.
MAX_BYTES = 64 * 1024
DEFAULT_CURRENCY = "₹"


class DuplicateAccount(Exception):
    """Another account has this email address or mobile number; `field` is "" if both may be."""

    def __init__(self, field: str = "") -> None:
        self.field = field


class AccountTooLarge(Exception):
    """The profile would exceed `MAX_BYTES`."""


def create_account(*, admission: Admission, values: dict[str, Any]) -> Account:
    """Create an account of the caller's partner from validated values.

    Raises `DuplicateAccount`, `AccountTooLarge`.
    """
    account = Account(partner_id=admission.partner_id)
    profile = {"currency": DEFAULT_CURRENCY}
    _apply(account, profile, values)
    with _raise_duplicates(), transaction.atomic():
        _check_former_hashes(account)
        account.save(force_insert=True)
        record_api_audit(admission=admission, action="account.created", target=account.id)
    return account


def update_account(*, account_id: str, admission: Admission, values: dict[str, Any]) -> Account:
    """Merge values into an account: null clears a field, `address` is merged by field.

    Raises `Account.DoesNotExist`, `DuplicateAccount`, `AccountTooLarge`.
    """
    with _raise_duplicates(), transaction.atomic():
        accounts = Account.objects.of(admission.partner_id).select_for_update()
        account = accounts.get(pk=account_id)
        _apply(account, account.read_profile(), values)
        _check_former_hashes(account)
        account.save()
        account_updated.send(Account, account=account)
        record_api_audit(
            admission=admission,
            action="account.updated",
            target=account.id,
            fields=sorted(values),
        )
    return account


def delete_account(*, account_id: str, admission: Admission) -> None:
    """Delete an account; receivers of `account_deleting` stop what belongs to it.

    Raises `Account.DoesNotExist`.
    """
    with transaction.atomic():
        accounts = Account.objects.of(admission.partner_id).select_for_update()
        account = accounts.get(pk=account_id)
        account_deleting.send(Account, account=account)
        account.delete()
        record_api_audit(admission=admission, action="account.deleted", target=account_id)


def _apply(account: Account, profile: dict[str, Any], values: dict[str, Any]) -> None:
    values = dict(values)
    if email := values.pop("email", None):
        account.set_email(email)
    if mobile := values.pop("mobileNumber", None):
        account.set_phone(mobile["countryCode"], mobile["value"])
    if "externalId" in values:
        account.external_id = values.pop("externalId") or ""
    if "metadata" in values:
        account.metadata = values.pop("metadata") or {}
    account.set_profile(_merge(profile, values))


def _check_former_hashes(account: Account) -> None:
    """Find what the constraints cannot while rows have hashes of former lookup keys."""
    if not settings.LOOKUP_KEY_FALLBACKS:
        return
    accounts = Account.objects.of_all()
    if accounts.with_email_of(account).exists():
        raise DuplicateAccount("email")
    if accounts.with_phone_of(account).exists():
        raise DuplicateAccount("mobileNumber")


def _merge(profile: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    merged = {**profile, **values}
    if values.get("address") is not None:
        address = {**(profile.get("address") or {}), **values["address"]}
        merged["address"] = _without_nulls(address) or None
    merged = _without_nulls(merged)
    if len(json.dumps(merged, ensure_ascii=False).encode()) > MAX_BYTES:
        raise AccountTooLarge
    return merged


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def _raise_duplicates() -> Iterator[None]:
    """Translate violations of a unique constraint into `DuplicateAccount`.

    Two updates that want each other's values deadlock: the one that the database cancels wanted a
    value that another account holds, so it is a duplicate, too.
    """
    try:
        yield
    except DatabaseError as error:
        match error.__cause__:
            case errors.UniqueViolation(diag=diagnostic):
                is_email = "email" in (diagnostic.constraint_name or "")
                raise DuplicateAccount("email" if is_email else "mobileNumber") from None
            case errors.DeadlockDetected():
                raise DuplicateAccount from None
        raise
