"""The pages of a shop: their paths, templates and contexts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from deployments.builder.catalogue import Category, Product
from deployments.builder.shop import Shop, join_words
from deployments.builder.structured import Trail, breadcrumbs, organization, product_data

_RELATED = 4
_POLICIES = (
    ("shipping", "Shipping", "How and when orders travel to you."),
    ("returns", "Returns and refunds", "What to do when something is not right."),
    ("privacy", "Privacy", "What this shop knows about you, and what it does not."),
    ("terms", "Terms of sale", "The rules that hold for an order from this shop."),
)


@dataclass(frozen=True, slots=True)
class Page:
    """`path` is root-relative and ends with a slash or names a file. `name` is the page's own
    name, without the brand; pages of no use in a search engine are not `is_indexed`."""

    path: str
    template: str
    name: str
    description: str
    trail: Trail = ()
    data: tuple[dict[str, Any], ...] = ()
    context: dict[str, Any] = field(default_factory=dict)
    is_indexed: bool = True


def list_pages(shop: Shop) -> Iterator[Page]:
    yield _home(shop)
    yield _all_products(shop)
    for category in shop.categories:
        yield _collection(shop, category)
    for product in shop.products:
        yield _product(shop, product)
    yield from _service_pages(shop)
    yield from _policy_pages(shop)
    yield from _tool_pages()


def card_of(shop: Shop, product: Product) -> dict[str, Any]:
    """Return the context of a product's card."""
    return {
        "name": product.name,
        "category": product.category,
        "amount": shop.price_of(product),
        "price": shop.currency.format(shop.price_of(product)),
        "path": f"/products/{product.slug}/",
        "picture": f"/pictures/{product.slug}.svg",
    }


def policies() -> tuple[tuple[str, str], ...]:
    """Return names and paths of the policy pages, for the footer."""
    return tuple((name, f"/policies/{slug}/") for slug, name, _ in _POLICIES)


def _home(shop: Shop) -> Page:
    tiles = [
        {**card_of(shop, category.products[0]), "name": category.name, "text": category.tagline,
         "path": f"/collections/{category.slug}/"}
        for category in shop.categories
    ]  # fmt: skip
    return Page(
        path="/",
        template="home.html",
        name="",
        description=f"{shop.copy.tagline} {shop.specialities} from {shop.brand}.",
        data=(organization(shop),),
        context={"featured": [card_of(shop, one) for one in shop.featured], "tiles": tiles},
    )


def _all_products(shop: Shop) -> Page:
    return Page(
        path="/shop/",
        template="collection.html",
        name="All products",
        description=f"Everything from {shop.brand}: {shop.specialities}.",
        trail=(("Home", "/"), ("All products", "/shop/")),
        context={
            "intro": f"Everything we keep: {shop.specialities.lower()}.",
            "cards": [card_of(shop, product) for product in shop.products],
        },
    )


def _collection(shop: Shop, category: Category) -> Page:
    path = f"/collections/{category.slug}/"
    trail = (("Home", "/"), (category.name, path))
    return Page(
        path=path,
        template="collection.html",
        name=category.name,
        description=f"{category.tagline} {category.name} from {shop.brand}.",
        trail=trail,
        data=(breadcrumbs(shop, trail),),
        context={
            "intro": category.tagline,
            "cards": [card_of(shop, product) for product in category.products],
        },
    )


def _product(shop: Shop, product: Product) -> Page:
    category = shop.category_of(product)
    path = f"/products/{product.slug}/"
    trail = (
        ("Home", "/"), (category.name, f"/collections/{category.slug}/"), (product.name, path),
    )  # fmt: skip
    return Page(
        path=path,
        template="product.html",
        name=product.name,
        description=product.text,
        trail=trail,
        data=(product_data(shop, product), breadcrumbs(shop, trail)),
        context={
            "product": product,
            "card": card_of(shop, product),
            "related": [card_of(shop, one) for one in _related(category, product)],
        },
    )


def _related(category: Category, product: Product) -> list[Product]:
    """Return the next products of the category, wrapping around at the end."""
    place = category.products.index(product)
    rotated = category.products[place + 1 :] + category.products[:place]
    return list(rotated[:_RELATED])


def _service_pages(shop: Shop) -> Iterator[Page]:
    ways = [name for name, is_open in (("email", shop.contact.email), ("phone", shop.contact.phone),
            ("WhatsApp", shop.contact.whatsapp_digits)) if is_open]  # fmt: skip
    reach = f" by {join_words(ways)}" if ways else ""
    yield Page("/about/", "about.html", "About us", f"Who stands behind {shop.brand}.",
               (("Home", "/"), ("About us", "/about/")), (organization(shop),))  # fmt: skip
    yield Page("/contact/", "contact.html", "Contact", f"Reach {shop.brand}{reach}.",
               (("Home", "/"), ("Contact", "/contact/")))  # fmt: skip


def _policy_pages(shop: Shop) -> Iterator[Page]:
    for slug, name, description in _POLICIES:
        yield Page(
            path=f"/policies/{slug}/",
            template=f"policies/{slug}.html",
            name=name,
            description=f"{description} {shop.brand}.",
            trail=(("Home", "/"), (name, f"/policies/{slug}/")),
            context={"intro": description},
        )


def _tool_pages() -> Iterator[Page]:
    for path, template, name, description in (
        ("/search/", "search.html", "Search", "Find a product."),
        ("/cart/", "cart.html", "Your cart", "What you have chosen."),
        ("/checkout/", "checkout.html", "Checkout", "Send your order to the shop."),
        ("/404.html", "404.html", "Page not found", "There is nothing at this address."),
    ):
        yield Page(path, template, name, description, is_indexed=False)
