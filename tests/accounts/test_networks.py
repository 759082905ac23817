"""Resolving the caller's address, and parsing whitelist entries."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from accounts.networks import InvalidNetwork, parse_network, resolve_address

PROXIES = ["10.0.0.0/8", "2001:db8:1::/48"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        pytest.param("203.0.113.7", "", "203.0.113.7", id="no proxy"),
        pytest.param("203.0.113.7", "198.51.100.1", "203.0.113.7", id="a stranger's header"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="a proxy that says nothing"),
        pytest.param("10.0.0.1", "198.51.100.1", "198.51.100.1", id="behind one proxy"),
        pytest.param("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1", id="behind two"),
        pytest.param("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1", id="a forged left part"),
        pytest.param("10.0.0.1", "10.9.9.9,10.0.0.2", "10.9.9.9", id="all hops are ours"),
        pytest.param("10.0.0.1", "198.51.100.1,garbage", None, id="an unreadable hop of ours"),
        pytest.param("10.0.0.1", "198.51.100.1,", None, id="an empty hop"),
        pytest.param("10.0.0.1", "garbage, 198.51.100.1", "198.51.100.1", id="garbage never read"),
        pytest.param("10.0.0.1", "198.51.100.1:4711", None, id="an address with a port"),
        pytest.param("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1", id="a mapped proxy"),
        pytest.param("::ffff:203.0.113.7", "", "203.0.113.7", id="a mapped caller"),
        pytest.param("2001:db8:1::1", "2001:db8:2::9", "2001:db8:2::9", id="IPv6"),
        pytest.param("fe80::1%eth0", "", "fe80::1", id="a zone is dropped"),
        pytest.param("", "198.51.100.1", None, id="no peer at all"),
        pytest.param("unix:", "", None, id="a peer without an address"),
        pytest.param("010.0.0.1", "198.51.100.1", None, id="octal is not read"),
    ],
)
def test_the_caller_is_the_first_untrusted_address_from_the_right(
    peer: str, forwarded: str, caller: str | None
) -> None:
    expected = None if caller is None else ip_address(caller)

    assert resolve_address(peer, forwarded, PROXIES) == expected


def test_without_trusted_proxies_the_header_is_ignored() -> None:
    assert resolve_address("10.0.0.1", "198.51.100.1", []) == ip_address("10.0.0.1")


@pytest.mark.parametrize("text", ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", " ::1 "])
def test_ipv4_and_ipv6_addresses_and_networks_are_accepted(text: str) -> None:
    assert parse_network(text) == ip_network(text.strip())


@pytest.mark.parametrize("text", ["", "example.com", "203.0.113.0/33", "1.2.3", "1.2.3.4/a", "*"])
def test_an_invalid_network_is_named_in_the_error(text: str) -> None:
    with pytest.raises(InvalidNetwork, match="is not an IP address or a CIDR network"):
        parse_network(text)


def test_host_bits_are_rejected_with_a_suggestion() -> None:
    with pytest.raises(InvalidNetwork, match=r"Did you mean 203\.0\.113\.0/24\?"):
        parse_network("203.0.113.7/24")


def test_an_ipv4_mapped_network_is_rejected() -> None:
    with pytest.raises(InvalidNetwork, match="write it as IPv4"):
        parse_network("::ffff:203.0.113.0/120")
