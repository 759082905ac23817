"""What a buyer compares and is asked for: packages, prices of images by tier, tax, totals."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from billing.billing_details import BillingDetails
from billing.gst import INDIA
from billing.models import OperationPrice, Package
from billing.money import Tax, split_tax


@dataclass(frozen=True, slots=True)
class ImagePrice:
    """What one call costs at a package's tier: hundredths of a point, and what those cost."""

    action: str
    mode: str
    points: int
    paise: int


@dataclass(frozen=True, slots=True)
class PackageQuote:
    """A package on sale; `paise` is the price of one point, `images` in the order of actions."""

    package: Package
    paise: int
    images: list[ImagePrice]

    @property
    def most_images(self) -> int:
        """How many of the cheapest images the package makes."""
        cheapest = min((image.points for image in self.images), default=0)
        return self.package.points // cheapest if cheapest else 0


@dataclass(frozen=True, slots=True)
class Quote:
    """What a package costs a buyer today, in paise; tax is due at the place of supply."""

    net: int
    tax: Tax
    percent: int
    place_of_supply: str

    @property
    def total(self) -> int:
        return self.net + self.tax.total


def read_offers() -> list[PackageQuote]:
    """Every package on sale, the cheapest first, in two queries."""
    prices: dict[str, list[OperationPrice]] = {}
    for price in OperationPrice.objects.order_by("action", "mode"):
        prices.setdefault(price.tier_id, []).append(price)
    packages = Package.objects.on_sale()
    return [_offer(package, prices.get(package.tier_id, [])) for package in packages]


def _offer(package: Package, prices: list[OperationPrice]) -> PackageQuote:
    images = [
        ImagePrice(price.action, price.mode, price.points, _paise(package, price.points))
        for price in prices
    ]
    return PackageQuote(package, _paise(package, 100), images)


def _paise(package: Package, points: int) -> int:
    """What so many hundredths cost when they are bought in this package, rounded half up."""
    return (2 * points * package.price_paise + package.points) // (2 * package.points)


def quote(package: Package, details: BillingDetails) -> Quote:
    """The total that a purchase started now would ask for."""
    seller_state = settings.SELLER_GSTIN[:2]
    place, percent = details.place_of_supply(seller_state), settings.GST_PERCENT
    tax = split_tax(package.price_paise, percent=percent, within_state=place == seller_state)
    return Quote(package.price_paise, tax, percent, place)


def is_invoiceable(details: BillingDetails) -> bool:
    """Whether an invoice can name its buyer: a name, an address, and in India state and PIN."""
    needed = [details.legal_name, details.address]
    if details.country == INDIA:
        needed += [details.state_code, details.pin_code]
    return all(needed)
