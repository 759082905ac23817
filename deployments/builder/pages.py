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
    yield from _tool_pages(shop)


def card_of(shop: Shop, product: Product) -> dict[str, Any]:
    """Return the context of a product's card."""
    return {
        "name": product.name,
        "category": shop.language.say(product.category),
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
        {**card_of(shop, category.products[0]), "name": shop.language.say(category.name),
         "text": shop.language.say(category.tagline),
         "path": f"/collections/{category.slug}/"}
        for category in shop.categories
    ]  # fmt: skip
    return Page(
        path="/",
        template="home.html",
        name="",
        description=_say(shop, "{tagline} {goods} from {brand}.", tagline=shop.copy.tagline),
        data=(organization(shop),),
        context={"featured": [card_of(shop, one) for one in shop.featured], "tiles": tiles},
    )


def _all_products(shop: Shop) -> Page:
    return Page(
        path="/shop/",
        template="collection.html",
        name=shop.language.say("All products"),
        description=_say(shop, "Everything from {brand}: {goods}."),
        trail=_trail(shop, ("All products", "/shop/")),
        context={
            "intro": _say(shop, "Everything we keep: {goods}.", goods=shop.specialities.lower()),
            "cards": [card_of(shop, product) for product in shop.products],
        },
    )


def _collection(shop: Shop, category: Category) -> Page:
    path = f"/collections/{category.slug}/"
    trail, tagline = _trail(shop, (category.name, path)), shop.language.say(category.tagline)
    return Page(
        path=path,
        template="collection.html",
        name=shop.language.say(category.name),
        description=_say(
            shop,
            "{tagline} {goods} from {brand}.",
            tagline=tagline,
            goods=shop.language.say(category.name),
        ),
        trail=trail,
        data=(breadcrumbs(shop, trail),),
        context={
            "intro": tagline,
            "cards": [card_of(shop, product) for product in category.products],
        },
    )


def _product(shop: Shop, product: Product) -> Page:
    category = shop.category_of(product)
    path = f"/products/{product.slug}/"
    trail = _trail(shop, (category.name, f"/collections/{category.slug}/"), (product.name, path))
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
    about, contact = shop.language.say("About us"), shop.language.say("Contact")
    yield Page("/about/", "about.html", about, _say(shop, "Who stands behind {brand}."),
               _trail(shop, (about, "/about/")), (organization(shop),))  # fmt: skip
    yield Page("/contact/", "contact.html", contact, _reach(shop),
               _trail(shop, (contact, "/contact/")))  # fmt: skip


def _reach(shop: Shop) -> str:
    say, contact = shop.language.say, shop.contact
    ways = [
        say(name)
        for name, is_open in (
            ("email", contact.email),
            ("phone", contact.phone),
            ("WhatsApp", contact.whatsapp_digits),
        )
        if is_open
    ]
    if not ways:
        return _say(shop, "Reach {brand}.")
    return _say(shop, "Reach {brand} by {ways}.", ways=join_words(ways, say("and")))


def _policy_pages(shop: Shop) -> Iterator[Page]:
    for slug, name, description in _POLICIES:
        yield Page(
            path=f"/policies/{slug}/",
            template=f"policies/{slug}.html",
            name=shop.language.say(name),
            description=f"{shop.language.say(description)} {shop.brand}.",
            trail=_trail(shop, (name, f"/policies/{slug}/")),
            context={"intro": shop.language.say(description)},
        )


def _tool_pages(shop: Shop) -> Iterator[Page]:
    say = shop.language.say
    for path, template, name, description in (
        ("/search/", "search.html", "Search", "Find a product."),
        ("/cart/", "cart.html", "Your cart", "What you have chosen."),
        ("/checkout/", "checkout.html", "Checkout", "Send your order to the shop."),
        ("/404.html", "404.html", "Page not found", "There is nothing at this address."),
    ):
        yield Page(path, template, say(name), say(description), is_indexed=False)


def _trail(shop: Shop, *steps: tuple[str, str]) -> Trail:
    say = shop.language.say
    return tuple((say(name), path) for name, path in (("Home", "/"), *steps))


def _say(shop: Shop, text: str, **values: str) -> str:
    """Say a text with the `{brand}`, its `{goods}` and other values."""
    defaults = {"brand": shop.brand, "goods": shop.specialities}
    return shop.language.say(text).format(**{**defaults, **values})
