"""Addresses of callers and the networks of whitelists. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class InvalidNetwork(ValueError):
    """The text is no network; the message says why and offers the right one where there is one."""


def parse_network(text: str) -> Network:
    """An address, or a network in CIDR notation without host bits."""
    text = text.strip()
    try:
        network = ip_network(text)
    except ValueError:
        pass
    else:
        # Callers are unwrapped to IPv4, so such an entry would never let anybody in.
        if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
            raise InvalidNetwork(f"{text} is an IPv4 network written as IPv6; write it as IPv4.")
        return network
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        raise InvalidNetwork(f"{text!r} is not an IP address or a CIDR network.") from None
    raise InvalidNetwork(f"{text} has host bits set. Did you mean {meant}?")


def client_address(peer: str, forwarded_for: str, trusted: Sequence[str]) -> Address | None:
    """Who called: the socket's peer, or what trusted proxies say about it.

    Reads `X-Forwarded-For` from the right, past hops that are proxies of ours; what stands left
    of the first stranger was written by that stranger. None where an entry cannot be read.
    """
    address = _parse(peer)
    networks = _networks(tuple(trusted))
    hops = [hop.strip() for hop in forwarded_for.split(",")] if forwarded_for else []
    while address is not None and hops and _is_in(address, networks):
        address = _parse(hops.pop())
    return address


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
