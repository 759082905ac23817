"""Strict parsing of partners' URLs, without DNS lookups.

Connections use this parsed URL and never the text again, so no second parser can find a different
host in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

from config.egress.addresses import IPAddress, is_loopback, is_public
from config.egress.errors import INVALID_URL, UNREACHABLE, EgressError

#: Storage URLs signed with a role's token are long.
MAX_URL_LENGTH = 8192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PUBLIC_PORTS = frozenset(_DEFAULT_PORTS.values())

_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]+\]|[^][/?#:@%]+)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?:#.*)?",
    re.IGNORECASE,
)
#: C0, space, DEL, C1 and backslash; `_has_forbidden` adds Unicode's other spaces.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
#: Some parsers read a host with such an ending as a number (0x7f.1, 2130706433, 1.2.3.0x4).
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INNER_DOMAINS = ("local", "internal", "home.arpa")
_SAFE_IN_TARGET = "/?:@!$&'()*+,;=~%[]-._"


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """A well-formed URL; `host` is ASCII in lower case, IPv6 without brackets."""

    scheme: str
    host: str
    port: int
    target: str
    address: IPAddress | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"


def check_url(url: str, *, allow_loopback: bool = False) -> ParsedUrl:
    """Parse `url`: http or https, port 80 or 443, no user, no spaces, addresses in usual notation.

    With `allow_loopback`, any port is accepted, because a name may resolve to loopback; if it does
    not, `check_addresses` rejects the port when connecting. Raises `EgressError`.
    """
    match = None if len(url) > MAX_URL_LENGTH or _has_forbidden(url) else _URL.fullmatch(url)
    if match is None:
        raise EgressError(INVALID_URL)
    scheme = match["scheme"].lower()
    host, address = _parse_host(match["host"])
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    if port > 65535 or not (allow_loopback or port in _PUBLIC_PORTS):
        raise EgressError(INVALID_URL)
    target = _escape((match["path"] or "/") + (match["query"] or ""))
    parsed = ParsedUrl(scheme, host, port, target, address)
    _reject_internal_host(parsed, allow_loopback=allow_loopback)
    return parsed


def check_redirect(base: ParsedUrl, location: str, *, allow_loopback: bool) -> ParsedUrl:
    """Check a redirect's target like a first URL, and reject a redirect from https to http."""
    location = _escape_spaces(location.strip(" "))
    if _has_forbidden(location):
        raise EgressError(INVALID_URL)
    try:
        joined = urljoin(str(base), location)
    except ValueError as error:
        raise EgressError(INVALID_URL) from error
    parsed = check_url(joined, allow_loopback=allow_loopback)
    if base.scheme == "https" and parsed.scheme != "https":
        raise EgressError(UNREACHABLE)
    return parsed


def check_addresses(url: ParsedUrl, addresses: list[IPAddress], *, allow_loopback: bool) -> None:
    """Reject the host if any of its addresses is internal: one private address among public ones is
    typical of DNS rebinding. Raises `EgressError`."""
    if not addresses or not all(
        (is_public(address) and url.port in _PUBLIC_PORTS)
        or (allow_loopback and is_loopback(address))
        for address in addresses
    ):
        raise EgressError(UNREACHABLE)


def is_localhost(host: str) -> bool:
    """Match the names that always mean loopback (RFC 6761, section 6.3)."""
    return host == "localhost" or host.endswith(".localhost")


def _reject_internal_host(url: ParsedUrl, *, allow_loopback: bool) -> None:
    if url.address is not None:
        check_addresses(url, [url.address], allow_loopback=allow_loopback)
    elif is_localhost(url.host):
        if not allow_loopback:
            raise EgressError(UNREACHABLE)
    elif "." not in url.host or url.host.endswith(tuple(f".{name}" for name in _INNER_DOMAINS)):
        # The resolver would complete a single label with our internal search domains.
        raise EgressError(UNREACHABLE)


def _has_forbidden(text: str) -> bool:
    return bool(_FORBIDDEN.search(text)) or any(
        unicodedata.category(character) in {"Cs", "Zl", "Zp", "Zs"}
        for character in text
        if not character.isascii()
    )


def _parse_host(text: str) -> tuple[str, IPAddress | None]:
    """Return the host as ASCII and, if it is a literal, its address."""
    try:
        if text.startswith("["):
            address: IPAddress = IPv6Address(text[1:-1])
            return str(address), address
        name = _to_ascii(text)
        labels = name.split(".")
        if _NUMERIC_LABEL.fullmatch(labels[-1]):
            return name, IPv4Address(name)
    except ValueError as error:
        raise EgressError(INVALID_URL) from error
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise EgressError(INVALID_URL)
    return name, None


def _to_ascii(text: str) -> str:
    """Encode as IDNA; raise `ValueError` if the mapping would yield another name: full-width digits
    become 127.0.0.1, an ideographic full stop becomes a dot."""
    if len(text) > 253:
        raise ValueError("the name is too long")
    if text.isascii():
        return text.lower()
    name = unicodedata.normalize("NFC", text.lower())
    encoded = name.encode("idna")
    if name.isascii() or encoded.decode("idna") != name:
        raise ValueError("the name does not survive IDNA's mapping")
    return encoded.decode("ascii")


def _escape_spaces(text: str) -> str:
    """Escape spaces as browsers do; in a host they stay an error."""
    return re.sub(r"[^\S\x00-\x1f]", lambda space: quote(space[0]), text)


def _escape(target: str) -> str:
    return quote(target, safe=_SAFE_IN_TARGET)
