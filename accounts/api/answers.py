"""The bodies of successful responses, for the OpenAPI description; the tests compare each response
with them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.models.key import IMAGE_ENVIRONMENTS, MANAGEMENT_ENVIRONMENTS
from config.api.descriptions import (
    Identifier,
    Keywords,
    NextCursor,
    Notes,
    Points,
    Success,
    Timestamp,
    Url,
)

Environment = Annotated[str, Keywords(enum=[*IMAGE_ENVIRONMENTS, *MANAGEMENT_ENVIRONMENTS])]


class Confirmation(Success):
    message: str


class StoredNumber(TypedDict):
    value: str
    countryCode: int


class StoredAddress(TypedDict):
    addLineOne: NotRequired[str | None]
    addLineTwo: NotRequired[str | None]
    city: NotRequired[str | None]
    state: NotRequired[str | None]
    country: NotRequired[str | None]
    pincode: NotRequired[str | None]


class Profile(TypedDict):
    name: str
    url: str


class Account(Notes):
    """An account on the ShopIQ platform."""

    _id: Annotated[Identifier, "The accountId."]
    email: Annotated[str, "Encrypted in the response of createAccount, decrypted in all others."]
    mobileNumber: Annotated[StoredNumber, "`value` is encrypted in the response of createAccount."]
    firstName: str | None
    lastName: str | None
    profilePicture: str | None
    currency: str | None
    domains: list[str] | None
    legalName: str | None
    about: str | None
    socialMedia: list[Profile] | None
    businessName: str | None
    typeOfBusiness: str | None
    businessCategory: str | None
    businessSubCategory: list[str] | None
    address: StoredAddress | None
    logoUrl: str | None
    favicon: str | None
    identifier: Annotated[str | None, "That of the account's shop; null before its first one."]
    createdByPartner: str
    createdAt: Timestamp
    updatedAt: Timestamp


class AccountCreated(Confirmation):
    accountId: Identifier
    data: Account


class AccountUpdated(Confirmation):
    data: Account


class AccountFound(Success):
    data: Account


class AccountList(Success):
    data: list[Account]
    nextCursor: NextCursor


class AccountExistence(Success):
    isCreated: bool
    message: str


class AutoLoginUrl(Confirmation):
    redirectUrl: Annotated[Url, "Signs the merchant in; valid for 7 days."]
    linkId: Annotated[Identifier, "With it, the link can be revoked."]
    expiresAt: Timestamp


class KeyReference(TypedDict):
    id: Identifier
    lastFour: Annotated[str, "The last characters of the key."]


class AutoLoginLink(TypedDict):
    linkId: Identifier
    createdAt: Timestamp
    expiresAt: Timestamp
    revokedAt: Timestamp | None
    lastUsedAt: Timestamp | None
    useCount: int
    key: KeyReference


class AutoLoginLinks(Success):
    data: list[AutoLoginLink]
    nextCursor: NextCursor


class LinksRevoked(Confirmation):
    revoked: NotRequired[Annotated[int, "How many links; absent for one by its `linkId`."]]


class Partner(TypedDict):
    id: Identifier
    name: str


class Key(TypedDict):
    id: Identifier
    name: str
    lastFour: str
    environment: Environment
    createdAt: Timestamp
    expiresAt: Timestamp | None
    allowedNetworks: Annotated[list[str], "Networks that may use the key; empty means any."]


class RateLimit(TypedDict):
    limit: int
    remaining: int
    resetSeconds: Annotated[int, "Seconds until the oldest counted calls leave the window."]


class SpendLimit(TypedDict):
    limit: Points
    spent: Points
    remaining: Points
    resetsAt: Timestamp


class SpendLimits(TypedDict):
    """The spend limits of a key; null for a period without one."""

    day: SpendLimit | None
    month: SpendLimit | None


class Limits(TypedDict):
    minute: RateLimit | None
    day: RateLimit | None


class ImageLimits(Limits):
    spending: SpendLimits


class KeyInformation(TypedDict):
    partner: Partner
    key: Key
    permissions: Annotated[list[str], "The endpoints that the key may call."]
    limits: Limits
    testMode: NotRequired[Literal[True]]


class ImageKeyInformation(TypedDict):
    partner: Partner
    key: Key
    permissions: Annotated[list[str], "The endpoints that the key may call."]
    limits: ImageLimits
    testMode: NotRequired[Literal[True]]


class ManagementKey(Success):
    data: KeyInformation


class ImageKey(Success):
    message: Literal["Success"]
    data: ImageKeyInformation
    timestamp: Timestamp
