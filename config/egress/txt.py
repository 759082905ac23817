"""TXT records of the DNS."""

from __future__ import annotations

from django.conf import settings

from config.egress.errors import UNREACHABLE, EgressError

_SECONDS = 5.0
#: More are not read: a name can have any number.
_MAX_RECORDS = 100


def lookup_txt(name: str) -> list[str]:
    """Return the texts of a name, none if it has no record; raise `EgressError`.

    `DNS_SERVER` names another server than the system's.
    """
    import dns.exception  # noqa: PLC0415 - two megabytes for one job
    import dns.resolver  # noqa: PLC0415 - as above

    resolver = dns.resolver.Resolver(configure=not settings.DNS_SERVER)
    if settings.DNS_SERVER:
        host, _, port = settings.DNS_SERVER.partition(":")
        resolver.nameservers, resolver.port = [host], int(port or 53)
    try:
        answer = resolver.resolve(f"{name}.", "TXT", lifetime=_SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise EgressError(UNREACHABLE) from error
    records = list(answer)[:_MAX_RECORDS]
    return [b"".join(record.strings).decode("ascii", "replace") for record in records]
