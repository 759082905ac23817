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
    message: Annotated[str, "What was done."]


class StoredNumber(TypedDict):
    value: Annotated[str, "The digits, without the country code."]
    countryCode: Annotated[int, "The calling code, such as 91 for India."]


class StoredAddress(TypedDict):
    addLineOne: NotRequired[Annotated[str | None, "The first line."]]
    addLineTwo: NotRequired[Annotated[str | None, "The second line."]]
    city: NotRequired[Annotated[str | None, "The city."]]
    state: NotRequired[Annotated[str | None, "The state or province."]]
    country: NotRequired[Annotated[str | None, "The country."]]
    pincode: NotRequired[Annotated[str | None, "The postal code."]]


class Profile(TypedDict):
    name: Annotated[str, "The name of the network."]
    url: Annotated[str, "The URL of the profile."]


class Account(Notes):
    """An account on the ShopIQ platform."""

    _id: Annotated[Identifier, "The accountId."]
    email: Annotated[str, "Encrypted in the response of createAccount, decrypted in all others."]
    mobileNumber: Annotated[StoredNumber, "`value` is encrypted in the response of createAccount."]
    firstName: Annotated[str | None, "The first name of the merchant."]
    lastName: Annotated[str | None, "The last name."]
    profilePicture: Annotated[str | None, "The URL of a picture of the merchant."]
    currency: Annotated[str | None, "The symbol of the currency."]
    domains: Annotated[list[str] | None, "The domains of the merchant."]
    legalName: Annotated[str | None, "The full legal name."]
    about: Annotated[str | None, "A short description."]
    socialMedia: Annotated[list[Profile] | None, "Profiles on social media."]
    businessName: Annotated[str | None, "The name of the business."]
    typeOfBusiness: Annotated[str | None, "What kind of business it is."]
    businessCategory: Annotated[str | None, "The main category."]
    businessSubCategory: Annotated[list[str] | None, "Further categories."]
    address: Annotated[StoredAddress | None, "The address of the business."]
    logoUrl: Annotated[str | None, "The URL of the logo."]
    favicon: Annotated[str | None, "The URL of the icon of the website."]
    identifier: Annotated[str | None, "That of the account's shop; null before its first one."]
    createdByPartner: Annotated[str, "Your name."]
    createdAt: Annotated[Timestamp, "When the account was created."]
    updatedAt: Annotated[Timestamp, "When the account was last changed."]


class AccountCreated(Confirmation):
    accountId: Annotated[Identifier, "The ID of the new account."]
    data: Account


class AccountUpdated(Confirmation):
    data: Account


class AccountFound(Success):
    data: Account


class AccountList(Success):
    data: Annotated[list[Account], "The accounts, newest first."]
    nextCursor: NextCursor


class AccountExistence(Success):
    isCreated: Annotated[bool, "Whether there is such an account."]
    message: Annotated[str, "The same in words."]


class AutoLoginUrl(Confirmation):
    redirectUrl: Annotated[Url, "Signs the merchant in; valid for 7 days."]
    linkId: Annotated[Identifier, "With it, the link can be revoked."]
    expiresAt: Annotated[Timestamp, "When the URL stops working."]


class KeyReference(TypedDict):
    id: Annotated[Identifier, "The ID of the key."]
    lastFour: Annotated[str, "The last characters of the key."]


class AutoLoginLink(TypedDict):
    linkId: Annotated[Identifier, "The ID of the link."]
    createdAt: Annotated[Timestamp, "When it was created."]
    expiresAt: Annotated[Timestamp, "When it stops working."]
    revokedAt: Annotated[Timestamp | None, "When it was revoked, if it was."]
    lastUsedAt: Annotated[Timestamp | None, "When it was last used."]
    useCount: Annotated[int, "How often it was used."]
    key: Annotated[KeyReference, "The key that created it."]


class AutoLoginLinks(Success):
    data: Annotated[list[AutoLoginLink], "The links, newest first."]
    nextCursor: NextCursor


class LinksRevoked(Confirmation):
    revoked: NotRequired[Annotated[int, "How many links; absent for one by its `linkId`."]]


class Partner(TypedDict):
    id: Annotated[Identifier, "Your ID."]
    name: Annotated[str, "Your name."]


class Key(TypedDict):
    id: Annotated[Identifier, "The ID of the key."]
    name: Annotated[str, "The name that your team gave it."]
    lastFour: Annotated[str, "The last characters of the key."]
    environment: Annotated[Environment, "What kind of key it is."]
    createdAt: Annotated[Timestamp, "When it was created."]
    expiresAt: Annotated[Timestamp | None, "When it expires; null for never."]
    allowedNetworks: Annotated[list[str], "Networks that may use the key; empty means any."]


class RateLimit(TypedDict):
    limit: Annotated[int, "The most requests in the window."]
    remaining: Annotated[int, "How many are left."]
    resetSeconds: Annotated[int, "Seconds until the oldest counted calls leave the window."]


class SpendLimit(TypedDict):
    limit: Annotated[Points, "The limit, in points."]
    spent: Annotated[Points, "What the key has spent in the period, in points."]
    remaining: Annotated[Points, "What is left, in points."]
    resetsAt: Annotated[Timestamp, "When the next period begins."]


class SpendLimits(TypedDict):
    """The spend limits of a key; null for a period without one."""

    day: Annotated[SpendLimit | None, "The limit per day."]
    month: Annotated[SpendLimit | None, "The limit per month."]


class Limits(TypedDict):
    minute: Annotated[RateLimit | None, "The rate limit per minute."]
    day: Annotated[RateLimit | None, "The rate limit per day."]


class ImageLimits(Limits):
    spending: Annotated[SpendLimits, "The spend limits."]


class KeyInformation(TypedDict):
    partner: Annotated[Partner, "The company that the key belongs to."]
    key: Annotated[Key, "The key."]
    permissions: Annotated[list[str], "The endpoints that the key may call."]
    limits: Annotated[Limits, "The limits of the key."]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]


class ImageKeyInformation(TypedDict):
    partner: Annotated[Partner, "The company that the key belongs to."]
    key: Annotated[Key, "The key."]
    permissions: Annotated[list[str], "The endpoints that the key may call."]
    limits: Annotated[ImageLimits, "The limits of the key."]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]


class ManagementKey(Success):
    data: Annotated[KeyInformation, "What the key may do."]


class ImageKey(Success):
    message: Annotated[Literal["Success"], "Always the same."]
    data: Annotated[ImageKeyInformation, "What the key may do."]
    timestamp: Annotated[Timestamp, "When the response was made."]
