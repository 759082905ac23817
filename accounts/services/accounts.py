"""Making, changing and ending merchants' accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, transaction
from psycopg import errors

from accounts.models import Account
from accounts.services.audit import record_call
from accounts.services.authorization import Admission
from accounts.signals import account_deleting

#: All of an account's values together, as JSON in UTF-8.
MAX_BYTES = 64 * 1024
DEFAULT_CURRENCY = "₹"


class DuplicateAccount(Exception):
    """Another account has this email address or mobile number."""


class AccountTooLarge(Exception):
    """The account would hold more than `MAX_BYTES`."""


def create_account(*, admission: Admission, values: dict[str, Any]) -> Account:
    """Makes an account of the caller's partner from validated values.

    Raises `DuplicateAccount`, `AccountTooLarge`.
    """
    account = Account(partner_id=admission.partner_id)
    profile = {"currency": DEFAULT_CURRENCY}
    _apply(account, profile, values)
    with _unique(), transaction.atomic():
        account.save(force_insert=True)
        record_call(admission=admission, action="account.created", target=account.id)
    return account


def update_account(*, account_id: str, admission: Admission, values: dict[str, Any]) -> Account:
    """Merges values into an account: null clears one, `address` merges member by member.

    Raises `Account.DoesNotExist`, `DuplicateAccount`, `AccountTooLarge`.
    """
    with _unique(), transaction.atomic():
        accounts = Account.objects.of(admission.partner_id).select_for_update()
        account = accounts.get(pk=account_id)
        _apply(account, account.read_profile(), values)
        account.save()
        record_call(
            admission=admission,
            action="account.updated",
            target=account.id,
            fields=sorted(values),
        )
    return account


def delete_account(*, account_id: str, admission: Admission) -> None:
    """Ends an account and, by the signal, whatever of it runs elsewhere.

    Raises `Account.DoesNotExist`.
    """
    with transaction.atomic():
        accounts = Account.objects.of(admission.partner_id).select_for_update()
        account = accounts.get(pk=account_id)
        account_deleting.send(Account, account=account)
        account.delete()
        record_call(admission=admission, action="account.deleted", target=account_id)


def _apply(account: Account, profile: dict[str, Any], values: dict[str, Any]) -> None:
    values = dict(values)
    if email := values.pop("email", None):
        account.set_email(email)
    if mobile := values.pop("mobileNumber", None):
        account.set_phone(mobile["countryCode"], mobile["value"])
    account.set_profile(_merged(profile, values))


def _merged(profile: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    merged = {**profile, **values}
    if values.get("address") is not None:
        merged["address"] = _without_nulls({**(profile.get("address") or {}), **values["address"]})
    merged = _without_nulls(merged)
    if len(json.dumps(merged, ensure_ascii=False).encode()) > MAX_BYTES:
        raise AccountTooLarge
    return merged


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def _unique() -> Iterator[None]:
    """Turns the database's refusal of a second holder into `DuplicateAccount`.

    Two updates that want each other's values wait for each other: the one that the database ends
    wanted a value that another account holds, so it is the same refusal.
    """
    try:
        yield
    except DatabaseError as error:
        if isinstance(error.__cause__, errors.UniqueViolation | errors.DeadlockDetected):
            raise DuplicateAccount from None
        raise
