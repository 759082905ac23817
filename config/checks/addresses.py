"""Hosts, proxies and TLS that let strangers in, or lock everyone out, in production."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register
from django.http.request import validate_host

from config.checks import setting_error

#: Networks that are larger hold more than the operator's own proxies.
_SHORTEST_PREFIX = {4: 8, 6: 16}


@register
def check_public_url(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    if not settings.IS_PRODUCTION:
        return
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme != "https":
        yield setting_error(
            11, "PUBLIC_URL is not https.", "Set it to the site's https:// address."
        )
    if url.path or url.query or url.fragment:
        yield setting_error(
            30, "PUBLIC_URL has a path.", "Set it to scheme and host, such as https://example.com."
        )
    if not validate_host(url.netloc.lower(), settings.ALLOWED_HOSTS) and not validate_host(
        (url.hostname or "").lower(), settings.ALLOWED_HOSTS
    ):
        yield setting_error(
            31, "ALLOWED_HOSTS lacks the host of PUBLIC_URL.", f"Add {url.hostname} to it."
        )
    if not settings.AUTO_LOGIN_URL.startswith("https://"):
        yield setting_error(
            32,
            "AUTO_LOGIN_URL is not https, so its links cross the network in clear.",
            "Use an https:// address, or unset it.",
        )


@register
def check_hosts(app_configs: Sequence[AppConfig] | None, **options: Any) -> Iterable[CheckMessage]:
    if not settings.IS_PRODUCTION:
        return
    if "*" in settings.ALLOWED_HOSTS:
        yield setting_error(12, "ALLOWED_HOSTS allows every host.", "List the host names to serve.")
    for host in settings.ALLOWED_HOSTS:
        if host.startswith(".") and "." not in host.strip("."):
            yield setting_error(
                33, f"ALLOWED_HOSTS allows all of {host!r}.", "List the host names to serve."
            )
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if not origin.startswith("https://") or "*" in origin:
            yield setting_error(
                34,
                f"CSRF_TRUSTED_ORIGINS has {origin!r}, whose pages could send our forms.",
                "List https:// addresses of your own without a wildcard.",
            )


@register
def check_proxies(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    """Without TLS of its own, the web server depends on what a proxy tells it."""
    if not settings.IS_PRODUCTION:
        return
    if any(_is_too_large(network) for network in settings.TRUSTED_PROXIES):
        yield setting_error(
            35,
            "TRUSTED_PROXIES has a network so large that strangers can name any IP address.",
            "List the addresses of your own proxies.",
        )
    if not settings.SECURE_SSL_REDIRECT:
        yield setting_error(
            36, "SECURE_SSL_REDIRECT is off.", "Unset it; pages are served over https only."
        )
    if not settings.SECURE_PROXY_SSL_HEADER:
        yield setting_error(
            37,
            "BEHIND_TLS_PROXY is off, so every page redirects to itself.",
            "Set it to true, and have the proxy set X-Forwarded-Proto.",
        )
    elif not settings.TRUSTED_PROXIES:
        yield setting_error(
            38,
            "TRUSTED_PROXIES is empty, so all requests seem to come from the proxy.",
            "List the addresses of the proxy; whitelists and lockouts depend on them.",
        )


def _is_too_large(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False  # another check says so
    return network.prefixlen < _SHORTEST_PREFIX[network.version]
