"""An account as the API answers it."""

from __future__ import annotations

from typing import Any

from accounts.models import Account
from config.api.timestamps import timestamp

#: The optional fields in the order of the documentation, and what stands where none was given.
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
    """All of an account, decrypted (API docs, "Get Account by ID")."""
    return _data(
        account, partner_name, account.get_decrypted("email"), account.get_decrypted("phone")
    )


def sealed_account_data(account: Account, partner_name: str) -> dict[str, Any]:
    """All of an account, email and mobile number as ciphertexts (API docs, "Create Account")."""
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
    }
