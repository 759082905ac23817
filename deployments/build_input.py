"""Prepare a builder's input from a deployment."""

from __future__ import annotations

import base64
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from config.egress import EgressError, download
from config.egress.deadline import Deadline, DeadlineExceeded
from config.images.decode import UndecodableImage, decode_image
from deployments.builder.artwork import shrink_logo
from deployments.builder.base import BuildInput
from deployments.material import Material, current_material, kept_material, with_logo
from deployments.models import Deployment
from deployments.site_urls import production_url
from deployments.stored_texts import FORMER_LOGO, NO_CONTACT, TEXT_LOGO

_LOGO_MAX_BYTES = 10 * 1024 * 1024
_LOGO_SECONDS = 15.0


def prepare_build_input(deployment: Deployment, folder: Path, deadline: Deadline) -> BuildInput:
    """Describe the shop, with its logo in `folder`; set the deployment's material and notice.

    Material that the deployment has is used again: a rollback has that of an earlier release.
    """
    material = kept_material(deployment)
    if material is None:
        material = _collect(deployment, folder, deadline)
        deployment.set_encrypted("material", material.to_json())
    return _build_input_of(deployment, material, _write_logo(material, folder))


def _collect(deployment: Deployment, folder: Path, deadline: Deadline) -> Material:
    material = current_material(deployment.website, deployment.logo_url)
    logo, notice = _fetch_logo(deployment, material, folder, deadline)
    merchant = material.merchant
    is_reachable = merchant.email or merchant.phone or merchant.whatsapp
    deployment.notice = notice if is_reachable else " ".join(filter(None, (notice, NO_CONTACT)))
    return with_logo(material, logo)


def _build_input_of(deployment: Deployment, material: Material, logo: Path | None) -> BuildInput:
    website = deployment.website
    return BuildInput(
        identifier=website.identifier,
        brand_name=deployment.brand_name,
        categories=tuple(deployment.categories),
        production_url=material.origin or production_url(website),
        logo=logo,
        language=deployment.language,
        merchant=material.merchant,
    )


def _fetch_logo(
    deployment: Deployment, material: Material, folder: Path, deadline: Deadline
) -> tuple[str, str]:
    """Download the logo as a sanitized, small PNG in base64, or return "" and a notice that says
    why not.

    A logo that cannot be used does not fail the deployment: an update keeps the logo of the live
    release, and otherwise a text logo is drawn.
    """
    url = material.logo_url
    if not url:
        return "", ""
    name = "brandLogo" if deployment.logo_url else "logoUrl"
    raw, image = folder / "raw", folder / "logo.png"
    try:
        limit = deadline.capped_at(_LOGO_SECONDS)
        download(
            url,
            to=raw,
            max_bytes=_LOGO_MAX_BYTES,
            deadline=limit,
            allow_loopback=settings.ALLOW_LOOPBACK_URLS,
        )
        decode_image(raw, image, owner=deployment.partner_id, deadline=limit)
    except (EgressError, UndecodableImage) as error:
        reason = error.detail
    except DeadlineExceeded:
        reason = gettext_noop("it took too long")
    else:
        return base64.b64encode(shrink_logo(image)).decode(), ""
    former = _logo_of_live_release(deployment, url)
    template = FORMER_LOGO if former else TEXT_LOGO
    return former, template % {"name": name, "reason": reason}


def _logo_of_live_release(deployment: Deployment, url: str) -> str:
    mine = Deployment.objects.of(deployment.partner_id).filter(website=deployment.website_id)
    live = mine.filter(state=Deployment.State.LIVE).first()
    material = kept_material(live) if live else None
    return material.logo if material and material.logo_url == url else ""


def _write_logo(material: Material, folder: Path) -> Path | None:
    if not material.logo:
        return None
    file = folder / "logo.png"
    file.write_bytes(base64.b64decode(material.logo))
    return file
