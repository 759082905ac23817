"""Facts about the browser for the sign-in and security pages."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from django import template
from django.http.request import split_domain_port
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.clients import browser_name

register = template.Library()
register.filter("browser_name", browser_name)


@dataclass(frozen=True, slots=True)
class PasskeyRedirect:
    """Whether passkeys cannot work at this URL, and the host and URL where they would."""

    needed: bool
    host: str = ""
    url: str = ""


@register.simple_tag(takes_context=True)
def passkey_redirect(context: Context) -> PasskeyRedirect:
    """Check the host, since browsers bind passkeys to a name, never to an IP address."""
    request = context["request"]
    host, port = split_domain_port(request.get_host())
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return PasskeyRedirect(needed=False)
    if not address.is_loopback:
        return PasskeyRedirect(needed=True)
    local_host = f"localhost:{port}" if port else "localhost"
    url = f"{request.scheme}://{local_host}{request.get_full_path()}"
    return PasskeyRedirect(needed=True, host=local_host, url=url)


@register.filter
def inline_svg(svg: str, label: str) -> SafeString:
    """Embed an SVG document that this application generated, with `label` as its name."""
    image = svg[svg.index("<svg") :].replace("svg:", "")
    head = format_html('<svg role="img" aria-label="{}"', label)
    return mark_safe(image.replace("<svg", head, 1))  # noqa: S308 - drawn by us
