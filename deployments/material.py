"""What a shop shows of its account, as it is now and as a deployment has kept it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from accounts.models import Account
from accounts.phones import MAX_DIGITS, read_digits
from deployments.builder.base import Merchant
from deployments.models import Deployment, SiteDomain, Website

#: Fewer digits are no number with a country code.
_MIN_DIGITS = 8
_ADDRESS = ("addLineOne", "addLineTwo", ("city", "pincode"), "state", "country")


@dataclass(frozen=True, slots=True)
class Material:
    """`logo` is the scaled logo as base64 once it was downloaded, otherwise empty. `origin` is that
    of the merchant's own domain, if the shop has one.

    `account_logo_url` tells later whether the shop showed the account's logo.
    """

    merchant: Merchant
    public_contact: dict[str, Any] | None
    account_logo_url: str = ""
    logo_url: str = ""
    logo: str = ""
    origin: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    def shows_the_same_as(self, other: Material) -> bool:
        mine, theirs = ((one.merchant, one.logo_url, one.origin) for one in (self, other))
        return mine == theirs


def current_material(website: Website, logo_url: str) -> Material:
    """Read the account; its personal data is decrypted here."""
    profile = website.account.read_profile()
    contact = website.read_public_contact()
    account_logo = profile.get("logoUrl") or ""
    domains = SiteDomain.objects.of(website.partner_id).filter(website=website)
    return Material(
        merchant=_merchant_of(website.account, profile, contact or {}),
        public_contact=contact,
        account_logo_url=account_logo,
        logo_url=logo_url or account_logo,
        origin=domains.primary_first().values_list("origin", flat=True).first() or "",
    )


def kept_material(deployment: Deployment) -> Material | None:
    """Return None for a deployment that was not built yet, or whose release is not kept."""
    if not deployment.material:
        return None
    data = json.loads(deployment.get_decrypted("material"))
    merchant = data.pop("merchant")
    for name in ("address_lines", "social_links"):
        merchant[name] = tuple(map(_frozen, merchant[name]))
    return Material(merchant=Merchant(**merchant), **data)


def with_logo(material: Material, logo: str) -> Material:
    return replace(material, logo=logo)


def is_international_number(text: str) -> bool:
    """Return whether customers anywhere can dial the number as it is written."""
    return text.startswith("+") and _MIN_DIGITS <= len(read_digits(text)) <= MAX_DIGITS


def _frozen(item: Any) -> Any:
    return tuple(item) if isinstance(item, list) else item


def _merchant_of(
    account: Account, profile: Mapping[str, Any], contact: Mapping[str, Any]
) -> Merchant:
    """Take each line of the public contact from it if it is there, otherwise from the account."""
    phone = contact.get("phone", account.dialable_phone) or ""
    address = contact.get("address", profile.get("address"))
    return Merchant(
        business_name=profile.get("businessName", ""),
        about=profile.get("about", ""),
        email=contact.get("email", account.get_decrypted("email")) or "",
        phone=phone,
        # A number that is hidden must not reappear here.
        whatsapp=contact.get("whatsapp", phone) or "",
        address_lines=lines_of(address or {}),
        currency=profile.get("currency") or "₹",
        social_links=tuple((link["name"], link["url"]) for link in profile.get("socialMedia", [])),
    )


def lines_of(address: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines of an address as the shop shows them."""
    lines = [
        " ".join(filter(None, map(address.get, name)))
        if isinstance(name, tuple)
        else address.get(name)
        for name in _ADDRESS
    ]
    return tuple(line for line in lines if line)
