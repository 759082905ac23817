"""The tags of the pages: each puts facts of the code or of the price list into a page."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache

from django.template import Library
from django.utils.text import slugify
from django.utils.translation import get_language, gettext

from billing.models import OperationPrice
from billing.money import rupees
from billing.points import format_points
from billing.pricing import PackageQuote, read_offers
from config.api.error_codes import error_codes as declared_codes
from config.documentation import additions, operations, responses
from config.documentation.contents import ENGLISH, all_pages
from config.documentation.tables import table
from deployments.categories import CATEGORIES
from imaging.sizes import ASPECT_RATIOS
from integrations.event_types import event_type_names, sample_event
from integrations.models import Integration

register = Library()
#: A link inside `docs/api-additions.md`, whose sections are on several pages.
_LINK = re.compile(r"\]\(#([^)]+)\)")
_EXAMPLE_TIME = datetime(2025, 7, 15, 10, 30, tzinfo=UTC)


@register.simple_tag
def addition(title: str, without: str = "", level: int = 3) -> str:
    """Include a section of `docs/api-additions.md`; its own headings begin at `level`."""
    text = additions.read_section(title, without=[without] if without else [], level=level)
    return _LINK.sub(lambda found: f"]({_address_of(found[1])})", text)


@register.simple_tag
def endpoint(name: str) -> str:
    """Describe an endpoint: its path, parameters, a sample, the response and its errors."""
    return operations.operation_markdown(name)


@register.simple_tag
def samples(*names: str) -> str:
    """Show samples of endpoints that `docs/api-additions.md` describes; several have headings."""
    if len(names) == 1:
        return operations.endpoint_sample(names[0])
    return "\n\n".join(map(operations.sample_section, names))


@register.simple_tag
def model_fields() -> str:
    """List the members of an account."""
    return operations.model_markdown()


@register.simple_tag
def error_codes() -> str:
    """List the codes; the row of each has its own address."""
    rows = [
        (f"[`{each.name}`](#{each.name})", str(each.meaning), str(each.fix))
        for each in declared_codes()
    ]
    return table((gettext("Code"), gettext("Meaning"), gettext("What to do")), sorted(rows))


@register.simple_tag
def shared_errors() -> str:
    """List the messages that endpoints have in common."""
    return responses.shared_errors()


@register.simple_tag
def categories() -> str:
    return "\n".join(f"- `{category}`" for category in CATEGORIES)


@register.simple_tag
def choices(name: str) -> str:
    """List the values of a parameter."""
    values = {"aspect_ratio": ASPECT_RATIOS}[name]
    return ", ".join(f"`{value}`" for value in values)


@register.simple_tag
def integrations() -> str:
    rows = [
        (
            f"`{each.name}`",
            each.display_name,
            ", ".join(f"`{field.name}`" for field in each.credential_fields.all()),
        )
        for each in Integration.objects.filter(is_active=True).prefetch_related("credential_fields")
    ]
    return table((gettext("Name"), gettext("Display name"), gettext("Required credentials")), rows)


@register.simple_tag
def event_types() -> str:
    rows = [(f"`{name}`", operations.event_text(name)) for name in event_type_names()]
    return table((gettext("Event"), gettext("When it is sent")), rows)


@register.simple_tag
def event_payloads() -> str:
    blocks = []
    for name in event_type_names():
        payload = {**sample_event(name, _EXAMPLE_TIME)}
        del payload["testMode"]
        text = json.dumps(payload, ensure_ascii=False, indent=2)
        blocks.append(f'```json title="{name}"\n{text}\n```')
    return "\n\n".join(blocks)


@register.simple_tag
def packages() -> str:
    rows = [
        (
            offer.package.name,
            format_points(offer.package.points),
            rupees(offer.package.price_paise).removesuffix(".00"),
            f"`{offer.package.tier_id}`",
        )
        for offer in read_offers()
    ]
    return table(
        (gettext("Package"), gettext("Points"), gettext("Price without GST"), gettext("Tier")), rows
    )


@register.simple_tag
def prices() -> str:
    offers = read_offers()
    names = [offer.package.name for offer in offers]
    kinds = [(image.action, image.mode) for image in offers[0].images] if offers else []
    rows = [(_kind(*kind), *(_points_of(offer, kind) for offer in offers)) for kind in kinds]
    return table((gettext("Call"), *names), rows)


@register.simple_tag
def price_examples(tier: str) -> str:
    offer = next((each for each in read_offers() if each.package.tier_id == tier), None)
    if offer is None:
        return ""
    rows = [
        (
            _kind(image.action, image.mode),
            _points(image.points),
            gettext("%(calls)s calls") % {"calls": f"{offer.package.points // image.points:,}"},
        )
        for image in offer.images
    ]
    pays = gettext("%(package)s pays for") % {"package": offer.package.name}
    return table((gettext("Call"), gettext("Price"), pays), rows)


def _points_of(offer: PackageQuote, kind: tuple[str, str]) -> str:
    prices = {(image.action, image.mode): image.points for image in offer.images}
    return _points(prices[kind]) if kind in prices else "–"


def _points(hundredths: int) -> str:
    return gettext("%(points)s points") % {"points": format_points(hundredths)}


def _kind(action: str, mode: str) -> str:
    return f"{OperationPrice.Action(action).label}, {OperationPrice.Mode(mode).label.lower()}"


def _address_of(anchor: str) -> str:
    return _address_in(anchor, get_language() or ENGLISH)


@cache
def _address_in(anchor: str, language: str) -> str:
    """Return where a heading of `docs/api-additions.md` is now.

    Raises `LookupError` for one that no page includes.
    """
    for page in all_pages(language).values():
        for included in additions.included_in(page.source):
            if slugify(included.title) == anchor:
                return page.path
            if anchor in map(slugify, included.headings):
                return f"{page.path}#{anchor}"
    raise LookupError(f"no page includes the section #{anchor}")
