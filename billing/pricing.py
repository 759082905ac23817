"""Prices for buyers: packages, image prices by tier, tax and totals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.conf import settings

from billing.billing_details import BillingDetails
from billing.gst import INDIA
from billing.models import OperationPrice, Package
from billing.money import Tax, split_tax


@dataclass(frozen=True, slots=True)
class ImagePrice:
    """The price of one call at a package's tier, in hundredths of a point and in paise."""

    action: str
    mode: str
    points: int
    paise: int


@dataclass(frozen=True, slots=True)
class PackageQuote:
    """A package on sale; `paise` is the price of one point, `images` are sorted by action.

    `is_best` if images cost less with it than with any other package.
    """

    package: Package
    paise: int
    images: list[ImagePrice]
    is_best: bool = False

    @property
    def most_images(self) -> int:
        """Return how many of the cheapest images the package pays for."""
        cheapest = min((image.points for image in self.images), default=0)
        return self.package.points // cheapest if cheapest else 0


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a package for a buyer today, in paise; the place of supply decides the tax."""

    net: int
    tax: Tax
    percent: int
    place_of_supply: str

    @property
    def total(self) -> int:
        return self.net + self.tax.total


def read_offers() -> list[PackageQuote]:
    """Return all packages on sale, cheapest first, at the prices in force, in two queries."""
    prices: dict[str, list[OperationPrice]] = {}
    for price in OperationPrice.objects.in_force().order_by("action", "mode"):
        prices.setdefault(price.tier_id, []).append(price)
    packages = list(Package.objects.on_sale())
    rates = [_rate(package, prices.get(package.tier_id, [])) for package in packages]
    best = min(rates, default=Fraction())
    is_unique = len(rates) > 1 and rates.count(best) == 1
    return [
        _offer(package, prices.get(package.tier_id, []), is_unique and rate == best)
        for package, rate in zip(packages, rates, strict=True)
    ]


def compare_images(offers: list[PackageQuote]) -> list[tuple[str, str, list[ImagePrice | None]]]:
    """Return action, mode and the price with each offer, of every kind of image."""
    tables = [{(image.action, image.mode): image for image in offer.images} for offer in offers]
    kinds = sorted({kind for table in tables for kind in table})
    return [(*kind, [table.get(kind) for table in tables]) for kind in kinds]


def _rate(package: Package, prices: list[OperationPrice]) -> Fraction:
    """Return what one image of each kind costs; of one point if there are no images."""
    points = sum(price.points for price in prices) or 100
    return Fraction(package.price_paise * points, package.points)


def paise_per_point(package: Package) -> int:
    return _paise(package, 100)


def _offer(package: Package, prices: list[OperationPrice], is_best: bool) -> PackageQuote:
    images = [
        ImagePrice(price.action, price.mode, price.points, _paise(package, price.points))
        for price in prices
    ]
    return PackageQuote(package, paise_per_point(package), images, is_best)


def _paise(package: Package, points: int) -> int:
    """Return the price of hundredths of a point at this package's rate, rounded half up."""
    return (2 * points * package.price_paise + package.points) // (2 * package.points)


def quote(package: Package, details: BillingDetails) -> Quote:
    """Return the price of a purchase started now."""
    seller_state = settings.SELLER_GSTIN[:2]
    place, percent = details.place_of_supply(seller_state), settings.GST_PERCENT
    within_state = place == seller_state and not details.is_sez
    tax = split_tax(package.price_paise, percent=percent, within_state=within_state)
    return Quote(package.price_paise, tax, percent, place)


def is_invoiceable(details: BillingDetails) -> bool:
    """Return whether an invoice can name the buyer: name, address and, in India, state and PIN."""
    needed = [details.legal_name, details.address]
    if details.country == INDIA:
        needed += [details.state_code, details.pin_code]
    return all(needed)
