"""The embedded builder: a whole shop as static files, without a network or a server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from config.egress.deadline import Deadline
from deployments.builder import artwork
from deployments.builder.base import BuildInput
from deployments.builder.copy import CopyWriter, choose_copy
from deployments.builder.fonts import WebFont, fonts_of
from deployments.builder.pages import Page, card_of, list_pages, policies
from deployments.builder.product_images import draw_product, draw_scene
from deployments.builder.shop import Shop, plan_shop
from deployments.builder.sitemap import sitemap_files
from deployments.builder.structured import print_json
from deployments.builder.text import hash_of
from deployments.builder.themes import tokens_of

_HERE = Path(__file__).parent
#: The picture of a shop's link previews.
PREVIEW_PICTURE = "preview.png"
_ICON_SIZES = {"/favicon.png": 48, "/icon-192.png": 192, "/icon-512.png": 512}

Files = Iterator[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True)
class _Assets:
    """Paths of the files whose names contain a hash of their content."""

    css: str
    js: str
    index: str
    scene: str
    #: Fonts that every page needs.
    fonts: tuple[str, ...]


class StaticShopBuilder:
    """Writes pages, images, one stylesheet and one script; see `ShopBuilder`.

    `write_copy` may replace the built-in tagline and story.
    """

    def __init__(self, write_copy: CopyWriter | None = None) -> None:
        self._write_copy = write_copy

    def build(self, build_input: BuildInput, folder: Path, *, deadline: Deadline) -> None:
        """Fill the empty `folder`; raise `BuildFailed`, `DeadlineExceeded`."""
        shop = plan_shop(build_input)
        words = choose_copy(self._write_copy, build_input, built_in=shop.copy, deadline=deadline)
        for path, content in _site_files(replace(shop, copy=words), build_input.logo):
            deadline.remaining()
            file = folder / path.removeprefix("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)


def _site_files(shop: Shop, logo: Path | None) -> Files:
    """Yield root-relative path and content of every file."""
    fonts = fonts_of(shop)
    texts = {
        "css": ("/assets/shop", ".css", _stylesheet(shop, fonts)),
        "js": ("/assets/shop", ".js", _asset("shop.js") + _asset("checkout.js")),
        "index": ("/assets/index", ".json", _product_index(shop)),
        "scene": ("/assets/scene", ".svg", draw_scene(shop.featured[:3], shop.theme)),
    }
    paths = {
        name: f"{stem}.{hash_of(text.encode())}{end}" for name, (stem, end, text) in texts.items()
    }
    for name, (_, _, text) in texts.items():
        yield paths[name], text
    for font in fonts:
        yield font.path, font.read()
    for product in shop.products:
        yield f"/pictures/{product.slug}.svg", draw_product(product, shop.theme)
    everywhere = tuple(font.path for font in fonts if font.language == shop.language.code)
    yield from _pages(shop, _Assets(**paths, fonts=everywhere))
    yield from _marks(shop, logo)
    yield from sitemap_files(shop)


def _stylesheet(shop: Shop, fonts: tuple[WebFont, ...]) -> str:
    faces = "".join(font.face() for font in fonts)
    return faces + tokens_of(shop.theme, [font.family for font in fonts]) + _asset("shop.css")


def _pages(shop: Shop, assets: _Assets) -> Files:
    words = shop.language.script_words()
    shared = {
        "shop": shop,
        "assets": assets,
        "policies": policies(),
        "script_words": print_json(words) if words else "",
    }
    for page in list_pages(shop):
        path = f"{page.path}index.html" if page.path.endswith("/") else page.path
        yield path, _render(page, shared)


def _render(page: Page, shared: dict[str, Any]) -> str:
    data = [print_json(item) for item in page.data]
    context = Context({**shared, **page.context, "page": page, "data": data}, use_l10n=False)
    return str(_engine().get_template(page.template).render(context))


@cache
def _engine() -> Engine:
    """Create a separate engine: shops must not see the platform's templates and tags."""
    return Engine(
        dirs=[str(_HERE / "templates")], builtins=["deployments.builder.tags"], autoescape=True
    )


@cache
def _asset(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


def _product_index(shop: Shop) -> str:
    """Index the products by slug for cart and search; prices are whole units."""
    products = {
        product.slug: card_of(shop, product) | {"text": product.text} for product in shop.products
    }
    grouping = "en-IN" if shop.currency.is_grouped_indian else "en-US"
    money = {"prefix": shop.currency.prefix, "locale": grouping}
    return print_json({"brand": shop.brand, "money": money, "products": products})


def _marks(shop: Shop, logo: Path | None) -> Files:
    yield "/favicon.svg", artwork.draw_favicon(shop)
    yield "/logo.svg", artwork.draw_logo(shop)
    if logo:
        yield shop.logo, artwork.fit_logo(logo)
    for path, size in _ICON_SIZES.items():
        yield path, artwork.draw_icon(shop, size)
    yield "/apple-touch-icon.png", artwork.draw_icon(shop, 180, is_square=True)
    yield f"/{PREVIEW_PICTURE}", artwork.draw_preview(shop, logo)
