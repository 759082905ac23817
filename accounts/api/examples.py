"""Examples of the API documentation, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from config.api.descriptions import AT, ID

NUMBER = {"value": "9876543210", "countryCode": 91}
PERSON = {
    "email": "sarah@novaretail.com",
    "mobileNumber": NUMBER,
    "firstName": "Sarah",
    "lastName": "Mitchell",
    "businessName": "Nova Retail",
}
WHOLE = {
    **PERSON,
    "typeOfBusiness": "Retail",
    "businessCategory": "Fashion & Clothing",
    "address": {
        "addLineOne": "42 Commerce Street",
        "city": "Mumbai",
        "state": "Maharashtra",
        "country": "India",
        "pincode": "400001",
    },
}
ACCOUNT: dict[str, Any] = {
    "_id": ID,
    "email": "sarah@novaretail.com",
    "mobileNumber": NUMBER,
    "firstName": "Sarah",
    "lastName": "Mitchell",
    "profilePicture": None,
    "currency": "₹",
    "domains": [],
    "legalName": None,
    "about": None,
    "socialMedia": [],
    "businessName": "Nova Retail",
    "typeOfBusiness": None,
    "businessCategory": None,
    "businessSubCategory": [],
    "address": None,
    "logoUrl": None,
    "favicon": None,
    "identifier": None,
    "createdByPartner": "yourPartnerName",
    "createdAt": AT,
    "updatedAt": AT,
}
SHOP = {**ACCOUNT, "identifier": "nova-retail-abc123"}
ENCRYPTED = {
    **ACCOUNT,
    "email": "encrypted_value",
    "mobileNumber": {"value": "encrypted_value", "countryCode": 91},
}
