"""The languages, and the addresses of a page in each."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import translate_url

register = template.Library()


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Return code and own name of each language; Django's tag would translate the names."""
    return list(settings.LANGUAGES)


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Return language and path of the page in each language; none if it has only one address."""
    request = context.get("request")
    if request is None:
        return []
    addresses = {code: translate_url(request.path, code) for code, _ in settings.LANGUAGES}
    return list(addresses.items()) if len(set(addresses.values())) > 1 else []
