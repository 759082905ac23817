"""Search terms in addresses: encrypted for one person and an hour.

Terms are personal data, such as an email address. Forms post them, so that no log, history or
bookmark tells them.
"""

from __future__ import annotations

import json
import re
import time

from django.http import HttpRequest

from config.db.encryption import DecryptionError, EncryptionContext, decrypt, encrypt

_LONGEST = 200
_VALID_SECONDS = 3_600
_HIDDEN = re.compile(r"v[0-9]+\.[\w-]{40,}\Z")


def read_term(request: HttpRequest) -> str:
    """Return the term of a posted search form."""
    return request.POST.get("q", "").replace("\x00", "").strip()[:_LONGEST]


def hide_term(request: HttpRequest, term: str) -> str:
    text = json.dumps([term, int(time.time()) + _VALID_SECONDS])
    return encrypt(text, _context(request))


def is_hidden(text: str) -> bool:
    return bool(_HIDDEN.match(text))


def reveal_term(request: HttpRequest, hidden: str) -> str:
    """Return the term, or "" for what does not open, any more or for this person."""
    try:
        term, until = json.loads(decrypt(hidden, _context(request)))
    except DecryptionError:
        return ""
    return str(term) if until > time.time() else ""


def _context(request: HttpRequest) -> EncryptionContext:
    return EncryptionContext("staff_search", str(request.user.pk))
