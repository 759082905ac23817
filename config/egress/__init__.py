"""The one door out: every connection to an address that someone gave us is opened in here.

`download` and `post` go to partners' addresses, through the guard; `call` goes to the services
that the operator configured. `check_url` judges a URL's form at the time when it is handed in.
"""

from __future__ import annotations

from config.egress.answers import Answer
from config.egress.connections import TLSContext
from config.egress.errors import EgressError
from config.egress.guarded import download, post
from config.egress.lookup import Resolver
from config.egress.trusted import call
from config.egress.urls import ParsedUrl, check_url

__all__ = [
    "Answer",
    "EgressError",
    "ParsedUrl",
    "Resolver",
    "TLSContext",
    "call",
    "check_url",
    "download",
    "post",
]
