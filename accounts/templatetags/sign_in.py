"""What the pages of the way in need to know about the browser."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from django import template
from django.http.request import split_domain_port
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@dataclass(frozen=True, slots=True)
class PasskeyRedirect:
    """Whether passkeys cannot work at this address, and the one at which they would."""

    needed: bool
    url: str = ""


@register.simple_tag(takes_context=True)
def passkey_detour(context: Context) -> PasskeyRedirect:
    """Browsers tie a passkey to a domain name or localhost, never to an IP address."""
    request = context["request"]
    host, port = split_domain_port(request.get_host())
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return PasskeyRedirect(needed=False)
    if not address.is_loopback:
        return PasskeyRedirect(needed=True)
    place = f"localhost:{port}" if port else "localhost"
    return PasskeyRedirect(needed=True, url=f"{request.scheme}://{place}{request.get_full_path()}")


@register.filter
def browser_name(user_agent: str) -> str:
    """ "Firefox on Linux" for what a browser says about itself; "Unknown browser" else."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if not browser:
        return "Unknown browser"
    return f"{browser} on {system}" if system else browser


# In this order: many browsers name those that they descend from as well.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
    "curl": "curl",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")


@register.filter
def inline_svg(svg: str, label: str) -> SafeString:
    """An SVG document of our own making as an image within the page, named `label`."""
    image = svg[svg.index("<svg") :].replace("svg:", "")
    head = format_html('<svg role="img" aria-label="{}"', label)
    return mark_safe(image.replace("<svg", head, 1))  # noqa: S308 - drawn by us
