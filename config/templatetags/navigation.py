"""Links of the navigation, and the icons of `static/img/icons.svg`."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

#: Pages that belong to one of the navigation although their addresses are not below its own.
_BELONGS = {
    "keys": ("live-access",),
    "security": (
        "account_change_password",
        "account_email",
        "account_set_password",
        "mfa_index",
        "usersessions_list",
    ),
    "team": ("time-zone",),
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw an icon, which says nothing to screen readers: text beside it does."""
    address = f"{static('img/icons.svg')}#{name}"
    return format_html(
        '<svg class="icon" width="18" height="18" aria-hidden="true"><use href="{}"></use></svg>',
        address,
    )


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str, icon_name: str) -> SafeString:
    """Link to the page `name`, marked as current on it and on the pages that belong to it."""
    places = _places(name)
    if not places:
        return SafeString("")
    request: Any = context["request"]
    is_current = request.path == places[0] or (
        name != "dashboard" and request.path.startswith(places)
    )
    return _link(places[0], str(label), icon_name, is_current, bool(context.get("is_narrow")))


# A page has twenty links, most of them the same as on the page before.
@cache
def _places(name: str) -> tuple[str, ...]:
    """Return the address of a page, and of those that belong to it; nothing where it is not."""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ()
    return (address, *map(reverse, _BELONGS.get(name, ())))


@lru_cache(maxsize=1024)
def _link(
    address: str, label: str, icon_name: str, is_current: bool, has_title: bool
) -> SafeString:
    return format_html(
        '<a href="{}"{}{}>{}<span class="nav-label">{}</span></a>',
        address,
        format_html(' title="{}"', label) if has_title else "",
        SafeString(' aria-current="page"') if is_current else "",
        icon(icon_name),
        label,
    )
