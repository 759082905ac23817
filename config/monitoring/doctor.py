"""What the proxy makes of a request to `PUBLIC_URL`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from config import egress
from config.doctor import Problem, diagnosis
from config.egress import EgressError
from config.egress.deadline import Deadline
from config.monitoring.echo import sign_header

#: Of a range for documentation: no caller has it.
_FORGED = "192.0.2.66"
_SECONDS = 10


@diagnosis("proxy")
def check_proxy() -> str:
    """Send a request with a forged address and read how it arrived."""
    echo = _read_echo()
    if "scheme" not in echo:
        raise Problem("PUBLIC_URL answers, but not with this installation's SECRET_KEY.")
    if settings.IS_PRODUCTION and echo["scheme"] != "https":
        raise Problem(
            "Requests arrive as http. Have the proxy set X-Forwarded-Proto, and set"
            " BEHIND_TLS_PROXY=true."
        )
    if echo["host"] != urlsplit(settings.PUBLIC_URL).netloc:
        raise Problem(f"Requests arrive for {echo['host']}. Have the proxy pass the Host header.")
    if echo["forwardedFor"].rpartition(",")[2].strip() == _FORGED and settings.TRUSTED_PROXIES:
        raise Problem(
            "The proxy passes an X-Forwarded-For that the caller has forged. Have it set the header"
            " to the caller's address, such as $remote_addr of nginx."
        )
    if settings.IS_PRODUCTION and not echo["forwardedFor"]:
        raise Problem("Requests arrive without X-Forwarded-For: all seem to come from the proxy.")
    return f"{settings.PUBLIC_URL} arrives as {echo['scheme']} from {echo['peer']}"


def _read_echo() -> dict[str, Any]:
    url = f"{settings.PUBLIC_URL}/livez"
    try:
        response = egress.send_request(
            "GET",
            url,
            deadline=Deadline.after(_SECONDS),
            headers={**sign_header(), "X-Forwarded-For": _FORGED},
            max_response_bytes=10_000,
        )
    except EgressError as error:
        raise Problem(f"{url} cannot be reached: {error.explain()}") from error
    if response.status in (301, 302, 307, 308):
        raise Problem(f"{url} redirects to {response.headers.get('Location', 'nothing')}.")
    if response.status != 200:
        raise Problem(f"{url} returned {response.status}.")
    try:
        echo: dict[str, Any] = json.loads(response.body)
    except ValueError as error:
        raise Problem(f"{url} is not this application.") from error
    return echo
