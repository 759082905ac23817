"""Addresses of callers and the networks of whitelists."""

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

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


#: Characters that a note on an entry may have.
MAX_NOTE = 120


class InvalidNetwork(ValueError):
    """The text is no network; the message says why and offers the right one where there is one."""

    def __init__(self, message: str, meant: Network | None = None) -> None:
        super().__init__(message)
        self.meant = meant


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a whitelist."""

    network: Network
    note: str = ""


def parse_network(text: str) -> Network:
    """An address, or a network in CIDR notation without host bits."""
    text = text.strip()
    if _is_mapped(text):
        # Callers are unwrapped to IPv4, so such an entry would never let anybody in.
        raise InvalidNetwork(f"{text} is an IPv4 network written as IPv6; write it as IPv4.")
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        meant = None
    # A zone such as %eth0 names an interface of one machine; the database knows none.
    if meant is None or "%" in text:
        raise InvalidNetwork(f"{text!r} is not an IP address or a CIDR network.")
    try:
        return ip_network(text)
    except ValueError:
        message = f"{text} has host bits set. Did you mean {meant}?"
        raise InvalidNetwork(message, meant) from None


def _is_mapped(text: str) -> bool:
    try:
        address = ip_address(text.partition("/")[0])
    except ValueError:
        return False
    return isinstance(address, IPv6Address) and address.ipv4_mapped is not None


def parse_entry(line: str) -> Entry:
    """A network, and after "#" a note where there is one. Raises `InvalidNetwork`."""
    text, _, note = line.partition("#")
    note = note.strip()
    if len(note) > MAX_NOTE or not note.isprintable():
        raise InvalidNetwork(f"Use {MAX_NOTE} printable characters or fewer in a note.")
    return Entry(parse_network(text), note)


def parse_entries(lines: Iterable[str]) -> list[Entry]:
    """The entries of lines; of a network given twice the first. Raises `InvalidNetwork`."""
    by_network: dict[Network, Entry] = {}
    for entry in map(parse_entry, lines):
        by_network.setdefault(entry.network, entry)
    return list(by_network.values())


def correct_host_bits(text: str) -> str:
    """Lines of a whitelist with each network that has host bits set as the one that was meant."""
    return "\n".join(_corrected(line) for line in text.splitlines())


def _corrected(line: str) -> str:
    network, mark, note = line.partition("#")
    try:
        parse_network(network)
    except InvalidNetwork as error:
        if error.meant:
            return f"{error.meant} {mark}{note}".rstrip()
    return line


def client_address(request: HttpRequest) -> Address | None:
    """Resolve who called, for whitelists, the log and limits alike; None where it is unreadable."""
    return resolve_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.TRUSTED_PROXIES,
    )


def resolve_address(peer: str, forwarded_for: str, trusted: Sequence[str]) -> Address | None:
    """Answer the socket's peer, or what trusted proxies say about it.

    Reads `X-Forwarded-For` from the right, past hops that are proxies of ours; what stands left
    of the first stranger was written by that stranger. None where an entry cannot be read.
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
        # A zone such as %eth0 names an interface of ours and means nothing to a whitelist.
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text, strict=False) for text in texts)
