"""Outgoing HTTP requests. All connections to addresses from other parties are opened here.

`download` and `post` connect to partners' URLs, after checking them; `send_request` connects to
services that the operator configured. `check_url` checks the form of a URL when it is submitted.
"""

from __future__ import annotations

from config.egress.connections import TLSContext
from config.egress.errors import EgressError
from config.egress.guarded import download, post
from config.egress.lookup import Resolver
from config.egress.responses import Response
from config.egress.trusted import send_request
from config.egress.urls import ParsedUrl, check_url

__all__ = [
    "EgressError",
    "ParsedUrl",
    "Resolver",
    "Response",
    "TLSContext",
    "check_url",
    "download",
    "post",
    "send_request",
]
