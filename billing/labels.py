"""Labels of choices in English, whatever the language of the page."""

from __future__ import annotations

from django.utils import translation


def in_english(label: object) -> str:
    """Return a lazy text as files have it, and as the law wants it on documents."""
    with translation.override("en"):
        return str(label)
