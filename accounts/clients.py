"""Where a request comes from: address, network and browser."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Self

from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.networks import client_address

_MAX_USER_AGENT = 200
_MAX_UNKNOWN = 60
#: Usual sizes of a site's network: who owns one address of it can often use the others.
_PREFIXES = {4: 24, 6: 48}
# The order matters: many browsers also name the ones they are derived from.
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


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """`address` is None if it is malformed; the user agent is shortened."""

    address: str | None
    user_agent: str

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        address = client_address(request)
        user_agent = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")
        return cls(str(address) if address else None, user_agent[:_MAX_USER_AGENT])

    @property
    def browser(self) -> str:
        return browser_name(self.user_agent)

    @property
    def device(self) -> str:
        """Return the browser, or the beginning of the header of an unknown program, in English: the
        audit trail keeps it."""
        browser, system = _read(self.user_agent)
        if not browser:
            return self.user_agent[:_MAX_UNKNOWN] or "Unknown browser"
        return f"{browser} on {system}" if system else browser

    @property
    def network(self) -> str:
        """Return the site's network, such as `203.0.113.0/24`."""
        if self.address is None:
            return ""
        version = 6 if ":" in self.address else 4
        return str(ip_network(f"{self.address}/{_PREFIXES[version]}", strict=False))


def browser_name(user_agent: str) -> str:
    """Summarize a User-Agent header, such as "Firefox on Linux"."""
    browser, system = _read(user_agent)
    if not browser:
        return gettext("Unknown browser")
    if not system:
        return browser
    # Translators: such as "Firefox on Linux".
    return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}


def _read(user_agent: str) -> tuple[str, str]:
    """Return browser and system, "" for unknown ones."""
    return _first_match(_BROWSERS, user_agent), _first_match(_SYSTEMS, user_agent)


def _first_match(names: dict[str, str], user_agent: str) -> str:
    return next((name for marker, name in names.items() if marker in user_agent), "")
