"""IP addresses of callers and networks of whitelists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


#: One site's network: the smallest that is routed alone, by version.
SITE_PREFIXES = {4: 24, 6: 64}
#: Maximum length of the note of an entry.
MAX_NOTE = 120


class InvalidNetwork(ValueError):
    """The text is not a network; the message says why and suggests a correction if there is one."""

    def __init__(self, message: str, suggestion: Network | None = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Entry:
    network: Network
    note: str = ""


def parse_network(text: str) -> Network:
    """Parse an address, or a network in CIDR notation without host bits."""
    text = text.strip()
    if _is_mapped(text):
        # Callers' addresses are converted to IPv4, so such an entry would never match.
        message = gettext("%(text)s is an IPv4 network written as IPv6; write it as IPv4.")
        raise InvalidNetwork(message % {"text": text})
    try:
        suggestion = ip_network(text, strict=False)
    except ValueError:
        suggestion = None
    # A zone such as %eth0 names a local interface, which the database cannot store.
    if suggestion is None or "%" in text:
        message = gettext("%(text)s is not an IP address or a CIDR network.")
        raise InvalidNetwork(message % {"text": repr(text)})
    try:
        return ip_network(text)
    except ValueError:
        message = gettext("%(text)s has host bits set. Did you mean %(suggestion)s?")
        values = {"text": text, "suggestion": suggestion}
        raise InvalidNetwork(message % values, suggestion) from None


def _is_mapped(text: str) -> bool:
    try:
        address = ip_address(text.partition("/")[0])
    except ValueError:
        return False
    return isinstance(address, IPv6Address) and address.ipv4_mapped is not None


def parse_entry(line: str) -> Entry:
    """Parse a network and an optional note after "#". Raises `InvalidNetwork`."""
    text, _, note = line.partition("#")
    note = note.strip()
    if len(note) > MAX_NOTE or not note.isprintable():
        message = gettext("Use %(number)s printable characters or fewer in a note.")
        raise InvalidNetwork(message % {"number": MAX_NOTE})
    return Entry(parse_network(text), note)


def parse_entries(lines: Iterable[str]) -> list[Entry]:
    """Parse lines, keeping the first entry for each network. Raises `InvalidNetwork`."""
    by_network: dict[Network, Entry] = {}
    for entry in map(parse_entry, lines):
        by_network.setdefault(entry.network, entry)
    return list(by_network.values())


def correct_host_bits(text: str) -> str:
    """Clear the host bits of networks in the lines of a whitelist."""
    return "\n".join(_correct_line(line) for line in text.splitlines())


def _correct_line(line: str) -> str:
    network, separator, note = line.partition("#")
    try:
        parse_network(network)
    except InvalidNetwork as error:
        if error.suggestion:
            return f"{error.suggestion} {separator}{note}".rstrip()
    return line


def client_address(request: HttpRequest) -> Address | None:
    """Resolve the caller's address for whitelists, logs and limits; None if it is malformed."""
    return resolve_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.TRUSTED_PROXIES,
    )


def resolve_address(peer: str, forwarded_for: str, trusted: Sequence[str]) -> Address | None:
    """Return the peer's address, or the client's as reported by trusted proxies.

    `X-Forwarded-For` is read from the right, skipping trusted proxies; what is left of the first
    untrusted address can be forged. None if an address is malformed.
    """
    address = _parse(peer)
    networks = _networks(tuple(trusted))
    hops = [hop.strip() for hop in forwarded_for.split(",")] if forwarded_for else []
    while address is not None and hops and _is_in(address, networks):
        address = _parse(hops.pop())
    return address


@lru_cache(maxsize=1024)
def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        # A zone such as %eth0 names a local interface and is irrelevant to a whitelist.
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def network_of(address: Address | None) -> str:
    """Return what one caller holds: an IPv4 address, or the /64 of an IPv6 address; "" for None."""
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return "" if address is None else str(address)


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text, strict=False) for text in texts)
