"""Sections of the staff navigation."""

from __future__ import annotations

from enum import StrEnum


class Section(StrEnum):
    """In the order of the navigation; the value is the heading."""

    PARTNERS = "Partners"
    MONEY = "Money"
    SHOPS = "Shops"
    IMAGES = "Images"
    WEBHOOKS = "Webhooks"
    STAFF = "Staff"
    SYSTEM = "System"


#: Of lists whose `ModelAdmin` has no attribute `section`.
SECTIONS_OF_APPS = {
    "accounts": Section.PARTNERS,
    "billing": Section.MONEY,
    "deployments": Section.SHOPS,
    "imaging": Section.IMAGES,
    "integrations": Section.WEBHOOKS,
}
