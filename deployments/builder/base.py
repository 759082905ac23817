"""The input and the interface of shop builders."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from config.egress.deadline import Deadline


class BuildFailed(Exception):
    """The shop could not be built; the message may be shown to the partner."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """What the shop shows of its merchant; every text may be empty or in any script."""

    business_name: str = ""
    about: str = ""
    email: str = ""
    phone: str = ""
    whatsapp: str = ""
    address_lines: tuple[str, ...] = ()
    currency: str = "₹"
    social_links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BuildInput:
    """One shop to build. `categories` are 1 to 5 of the documented twenty, the first leads.

    `logo` is a sanitized local PNG, or None: then a text logo is drawn.
    `production_url` is the URL by which search engines and link previews know the shop, without a
    trailing slash: the merchant's own domain, if there is one.
    """

    identifier: str
    brand_name: str
    categories: tuple[str, ...]
    production_url: str
    logo: Path | None = None
    language: str = "en"
    merchant: Merchant = field(default_factory=Merchant)


class ShopBuilder(Protocol):
    """Writes a whole static site. Building the same input again gives the same bytes."""

    def build(self, build_input: BuildInput, folder: Path, *, deadline: Deadline) -> None:
        """Fill the empty `folder`: `index.html` at its top, `404.html`, only relative or
        root-relative links within the site. Raises `BuildFailed`, `DeadlineExceeded`."""
        ...
