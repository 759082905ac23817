"""Structured data for search engines: schema.org as JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from deployments.builder.catalogue import Product
from deployments.builder.shop import Shop

_CONTEXT = "https://schema.org"
#: In a script element these could end it or open a comment (HTML, 4.12.1.3).
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}

Trail = tuple[tuple[str, str], ...]


def print_json(data: Any) -> str:
    """Serialize to JSON that is safe inside HTML."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def organization(shop: Shop) -> dict[str, Any]:
    contact = shop.contact
    data: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Organization",
        "name": shop.brand,
        "legalName": shop.company,
        "url": f"{shop.url}/",
        "logo": f"{shop.url}{shop.logo or '/logo.svg'}",
        "description": shop.copy.tagline,
        "email": contact.email,
        "telephone": contact.phone,
        "address": ", ".join(contact.address_lines),
        "sameAs": [url for _, url in contact.social_links],
    }
    return {name: value for name, value in data.items() if value}


def product_data(shop: Shop, product: Product) -> dict[str, Any]:
    """Describe a product; without a known currency code there is no offer."""
    address = f"{shop.url}/products/{product.slug}/"
    data: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "Product",
        "name": product.name,
        "description": product.text,
        "sku": product.slug,
        "category": shop.language.say(product.category),
        "image": f"{shop.url}/pictures/{product.slug}.svg",
        "brand": {"@type": "Brand", "name": shop.brand},
        "url": address,
    }
    if shop.currency.code:
        data["offers"] = {
            "@type": "Offer",
            "price": shop.price_of(product),
            "priceCurrency": shop.currency.code,
            "availability": f"{_CONTEXT}/InStock",
            "url": address,
        }
    return data


def breadcrumbs(shop: Shop, trail: Trail) -> dict[str, Any]:
    """Describe a trail of names and root-relative paths, starting at the home page."""
    return {
        "@context": _CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": f"{shop.url}{path}"}
            for place, (name, path) in enumerate(trail, start=1)
        ],
    }
