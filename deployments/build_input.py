"""Prepare a builder's input from a deployment."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from config.egress import EgressError, download
from config.egress.deadline import Deadline, DeadlineExceeded
from config.images.decode import UndecodableImage, decode_image
from deployments.builder.base import Merchant, ShopBrief
from deployments.models import Deployment
from deployments.site_urls import production_url

_LOGO_MAX_BYTES = 10 * 1024 * 1024
_LOGO_SECONDS = 15.0


def brief_of(deployment: Deployment, logo: Path | None) -> ShopBrief:
    """Describe the shop; the account's personal data is decrypted here and not stored."""
    website = deployment.website
    return ShopBrief(
        identifier=website.identifier,
        brand_name=deployment.brand_name,
        categories=tuple(deployment.categories),
        production_url=production_url(website.identifier),
        logo=logo,
        merchant=_merchant_of(deployment),
    )


def fetch_logo(deployment: Deployment, target: Path, deadline: Deadline) -> tuple[Path | None, str]:
    """Download the logo as a sanitized PNG, or return None and a notice that says why not.

    A logo that cannot be used does not fail the deployment: a text logo is drawn instead.
    """
    if not deployment.logo_url:
        return None, ""
    raw = target.with_suffix(".raw")
    try:
        limit = deadline.capped_at(_LOGO_SECONDS)
        download(
            deployment.logo_url,
            to=raw,
            max_bytes=_LOGO_MAX_BYTES,
            deadline=limit,
            allow_loopback=settings.ALLOW_LOOPBACK_URLS,
        )
        decode_image(raw, target, owner=deployment.partner_id, deadline=limit)
    except (EgressError, UndecodableImage) as error:
        return None, f"brandLogo was not used: {error.detail}; a text logo was drawn instead."
    except DeadlineExceeded:
        return None, "brandLogo was not used: it took too long; a text logo was drawn instead."
    finally:
        raw.unlink(missing_ok=True)
    return target, ""


def _merchant_of(deployment: Deployment) -> Merchant:
    account = deployment.website.account
    profile = account.read_profile()
    address = profile.get("address") or {}
    city = " ".join(filter(None, (address.get("city"), address.get("pincode"))))
    lines = (
        address.get("addLineOne"),
        address.get("addLineTwo"),
        city,
        address.get("state"),
        address.get("country"),
    )
    return Merchant(
        business_name=profile.get("businessName", ""),
        about=profile.get("about", ""),
        email=account.get_decrypted("email"),
        phone=account.dialable_phone,
        address_lines=tuple(line for line in lines if line),
        currency=profile.get("currency") or "₹",
        social_links=tuple((link["name"], link["url"]) for link in profile.get("socialMedia", [])),
    )
