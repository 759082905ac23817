"""Representations of accounts in API responses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Account
from config.api.timestamps import timestamp
from config.db.encryption import report_undecryptable
from config.db.references import describe

#: The optional fields in the order of the API documentation, with the values for missing ones.
_OPTIONAL: dict[str, Any] = {
    "firstName": None,
    "lastName": None,
    "profilePicture": None,
    "currency": "₹",
    "domains": [],
    "legalName": None,
    "about": None,
    "socialMedia": [],
    "businessName": None,
    "typeOfBusiness": None,
    "businessCategory": None,
    "businessSubCategory": [],
    "address": None,
    "logoUrl": None,
    "favicon": None,
}


def account_data(account: Account, partner_name: str) -> dict[str, Any]:
    """Return all fields, decrypted (API documentation, Get Account by ID)."""
    return _data(
        account, partner_name, account.get_decrypted("email"), account.get_decrypted("phone")
    )


def account_list(accounts: Iterable[Account], partner_name: str) -> list[dict[str, Any]]:
    """Leave out accounts that cannot be decrypted: the documented form has no place to say so."""
    data = []
    for account in accounts:
        with report_undecryptable():
            data.append(account_data(account, partner_name))
    return data


def encrypted_account_data(account: Account, partner_name: str) -> dict[str, Any]:
    """Return all fields, email and mobile number encrypted (API documentation, Create Account)."""
    return _data(account, partner_name, account.email, account.phone)


def _data(account: Account, partner_name: str, email: str, phone: str) -> dict[str, Any]:
    profile = account.read_profile()
    return {
        "_id": account.id,
        "email": email,
        "mobileNumber": {"value": phone, "countryCode": account.country_code},
        **{name: profile.get(name, default) for name, default in _OPTIONAL.items()},
        "identifier": account.identifier,
        "createdByPartner": partner_name,
        "createdAt": timestamp(account.created_at),
        "updatedAt": timestamp(account.updated_at),
        **describe(account.references),
    }
