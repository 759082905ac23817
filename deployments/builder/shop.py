"""The content of one shop, before its pages are rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, zip_longest
from urllib.parse import quote, urlsplit

from deployments.builder.base import BuildFailed, BuildInput, Merchant
from deployments.builder.catalogue import Category, Product, load_category
from deployments.builder.copy import ShopCopy
from deployments.builder.language import Language, load_language
from deployments.builder.money import Currency, find_currency
from deployments.builder.text import clean_text, width_of
from deployments.builder.themes import Theme, theme_of

_FEATURED = 8
#: A brand name that is longer, or has a wider word (in ems), is set in smaller letters.
_LONG_BRAND = 28
_LONG_WORD = 6
ABOUT = (
    "Welcome to {brand}, an independent shop for {names}. We keep the range small on purpose: "
    "every piece is one we would choose for ourselves, made well, priced fairly and packed with "
    "care. Write to us whenever you are unsure; a person answers."
)
#: Shorter numbers cannot be WhatsApp numbers (E.164 with a country code).
_MIN_PHONE = 8


@dataclass(frozen=True, slots=True)
class Contact:
    """How customers reach the merchant; empty fields are not shown. `phone` is as a person
    writes it; the digits of both numbers are with the country code."""

    email: str
    phone: str
    phone_digits: str
    whatsapp_digits: str
    address_lines: tuple[str, ...]
    social_links: tuple[tuple[str, str], ...]

    @property
    def mailto(self) -> str:
        return f"mailto:{quote(self.email, safe='@')}" if self.email else ""


@dataclass(frozen=True, slots=True)
class Shop:
    """`url` has no trailing slash; `logo` is the path of the merchant's own logo, or empty."""

    brand: str
    url: str
    copy: ShopCopy
    theme: Theme
    currency: Currency
    categories: tuple[Category, ...]
    featured: tuple[Product, ...]
    contact: Contact
    company: str
    logo: str
    language: Language

    @property
    def products(self) -> tuple[Product, ...]:
        return tuple(chain.from_iterable(category.products for category in self.categories))

    @property
    def has_long_brand(self) -> bool:
        """Return whether large letters would break a word of the name, or take many lines."""
        widest_word = max(map(width_of, self.brand.split()), default=0)
        return len(self.brand) > _LONG_BRAND or widest_word > _LONG_WORD

    @property
    def specialities(self) -> str:
        """List the categories: `Footwear, Accessories and Bags & Luggage`."""
        say = self.language.say
        return join_words([say(each.name) for each in self.categories], say("and"))

    def category_of(self, product: Product) -> Category:
        return next(one for one in self.categories if one.name == product.category)

    def price_of(self, product: Product) -> int:
        return self.currency.convert(product.price)


def plan_shop(build_input: BuildInput) -> Shop:
    """Plan the shop with the built-in copy; raise `BuildFailed` for an unknown category."""
    language = load_language(build_input.language)
    names = dict.fromkeys(build_input.categories)
    try:
        categories = tuple(load_category(name, language.code) for name in names)
    except KeyError as error:
        raise BuildFailed(f"There is no catalogue for the category {error.args[0]}.") from error
    if not categories:
        raise BuildFailed("A shop needs at least one product category.")
    company = clean_text(build_input.merchant.business_name)
    brand = clean_text(build_input.brand_name) or company or "Our shop"
    return Shop(
        brand=brand,
        url=build_input.production_url.rstrip("/"),
        copy=_built_in_copy(brand, categories, build_input.merchant, language),
        theme=theme_of(categories[0].name),
        currency=find_currency(clean_text(build_input.merchant.currency)),
        categories=categories,
        featured=_featured(categories),
        contact=_contact_of(build_input.merchant),
        company=company or brand,
        logo="/logo.png" if build_input.logo else "",
        language=language,
    )


def _built_in_copy(
    brand: str, categories: tuple[Category, ...], merchant: Merchant, language: Language
) -> ShopCopy:
    say = language.say
    names = join_words([say(category.name).lower() for category in categories], say("and"))
    about = clean_text(merchant.about) or say(ABOUT).format(brand=brand, names=names)
    return ShopCopy(tagline=say(categories[0].tagline), about=about)


def _featured(categories: tuple[Category, ...]) -> tuple[Product, ...]:
    """Take the first product of each category, then the second of each, and so on."""
    rounds = zip_longest(*(category.products for category in categories))
    mixed = [product for products in rounds for product in products if product]
    return tuple(mixed[:_FEATURED])


def _contact_of(merchant: Merchant) -> Contact:
    digits = _digits_of(merchant.phone)
    links = [(clean_text(name), url.strip()) for name, url in merchant.social_links]
    return Contact(
        email=clean_text(merchant.email),
        phone=clean_text(merchant.phone) if digits else "",
        phone_digits=digits,
        whatsapp_digits=_digits_of(merchant.whatsapp),
        address_lines=tuple(filter(None, map(clean_text, merchant.address_lines))),
        social_links=tuple((name, url) for name, url in links if name and _is_web_url(url)),
    )


def _digits_of(number: str) -> str:
    digits = re.sub(r"[^0-9]", "", number)
    return digits if len(digits) >= _MIN_PHONE else ""


def _is_web_url(url: str) -> bool:
    """Allow web links only: others, such as `javascript:`, could run code."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def join_words(words: list[str], conjunction: str = "and") -> str:
    return f" {conjunction} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
