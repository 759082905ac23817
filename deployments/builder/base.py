"""What a shop is made from, and what every builder offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config.egress.deadline import Deadline


class BuildFailed(Exception):
    """The shop could not be built; the message is a sentence fit for the partner."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """What the account tells of its owner; every text may be empty, in any script."""

    business_name: str = ""
    about: str = ""
    email: str = ""
    phone: str = ""
    address_lines: tuple[str, ...] = ()
    currency: str = "₹"
    social_links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ShopBrief:
    """One shop to build. `categories` are 1 to 5 of the documented twenty, the first leads.

    `logo` is a local PNG that was fetched and made safe, or None: then a text logo is drawn.
    `production_url` is the shop's own address, without a slash at its end.
    """

    identifier: str
    brand_name: str
    categories: tuple[str, ...]
    production_url: str
    logo: Path | None = None
    merchant: Merchant = field(default_factory=Merchant)


class ShopBuilder(Protocol):
    """Writes a whole static site. Building the same brief again gives the same bytes."""

    def build(self, brief: ShopBrief, folder: Path, *, deadline: Deadline) -> None:
        """Fills the empty `folder`: `index.html` at its top, `404.html`, only relative or
        root-relative links within the site. Raises `BuildFailed`, `DeadlineExceeded`."""
        ...
