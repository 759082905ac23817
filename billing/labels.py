"""Labels of choices in English, whatever the language of the page."""

from __future__ import annotations

from django.utils import translation


def gateway_title(name: str) -> str:
    """Return what staff call a gateway: buyers see what it offers."""
    return "Bank transfer" if name == "manual" else name.capitalize()


def tier_title(name: str) -> str:
    return name.capitalize()


def in_english(label: object) -> str:
    """Return a lazy text as files have it, and as the law wants it on documents."""
    with translation.override("en"):
        return str(label)
