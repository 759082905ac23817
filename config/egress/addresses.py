"""Addresses that partners may have us connect to: public unicast, by a list of our own.

`ipaddress.is_global` is no substitute: it accepts NAT64, 6to4, multicast and some clouds' metadata
services. Sources: the IANA special-purpose address registries (RFC 6890) and the clouds' manuals.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address

_REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # "this" network: Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host agent, a public address that only guests reach
        "169.254.0.0/16",  # link-local; the metadata 169.254.169.254 and 169.254.170.2
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols; Oracle's metadata 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112, served by the nearest of many operators
        "192.52.193.0/24",  # multicast relays (AMT)
        "192.88.99.0/24",  # 6to4 relay anycast
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # class E and broadcast
    )
)

#: All global unicast that IANA has allocated. Anything outside needs no entry: loopback,
#: unspecified, IPv4-mapped and -compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard
#: (100::/64), segment routing (5f00::/16), unique local including metadata services (fd00:ec2::254,
#: fd20:ce::254), link-local, site-local and multicast.
_GLOBAL_V6 = IPv6Network("2000::/3")

_REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocols: Teredo, benchmarking, AMT, AS112, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 carries any IPv4 address, private ones too
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, returned
        "3fff::/20",  # documentation
    )
)


def is_public(address: IPAddress) -> bool:
    """Return whether the address is public unicast, so that connecting reveals nothing internal."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)


def is_loopback(address: IPAddress) -> bool:
    """Match 127.0.0.0/8 and ::1, but not their mappings in other networks."""
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None
