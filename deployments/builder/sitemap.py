"""Files for search engines and browsers: sitemap, robots.txt and web manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from deployments.builder.pages import list_pages
from deployments.builder.shop import Shop
from deployments.builder.structured import print_json

_SHORT_NAME = 30


def sitemap_files(shop: Shop) -> Iterator[tuple[str, str]]:
    """Yield path and text of `sitemap.xml` (sitemaps.org), `robots.txt` (RFC 9309), manifest."""
    yield "/sitemap.xml", _sitemap(shop)
    yield "/robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {shop.url}/sitemap.xml\n"
    yield "/site.webmanifest", print_json(_manifest(shop))


def _sitemap(shop: Shop) -> str:
    rows = "".join(
        f"<url><loc>{escape(shop.url + page.path)}</loc></url>"
        for page in list_pages(shop)
        if page.is_indexed
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}\n<urlset xmlns="{space}">{rows}</urlset>\n'


def _manifest(shop: Shop) -> dict[str, Any]:
    icons = [("/icon-192.png", "192x192"), ("/icon-512.png", "512x512")]
    return {
        "name": shop.brand,
        "short_name": shop.brand[:_SHORT_NAME],
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": shop.theme.ground,
        "theme_color": shop.theme.ground,
        "icons": [{"src": path, "sizes": size, "type": "image/png"} for path, size in icons],
    }
