"""Public identifiers: 24 lower-case hex digits that sort by the second in which they were made."""

from __future__ import annotations

import re
import secrets
import time
from datetime import datetime

_ID = re.compile(r"[0-9a-f]{24}\Z")


class IdConverter:
    """In addresses of pages: `<id:…>`. What is no identifier is no address either."""

    regex = "[0-9a-f]{24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def new_id() -> str:
    """Eight digits of Unix time, then 64 random bits: new rows land at the end of an index."""
    return f"{int(time.time()):08x}{secrets.token_hex(8)}"


def first_id(at: datetime) -> str:
    """Sorts before every identifier made in this second or later, and after all others."""
    return f"{int(at.timestamp()):08x}"


def is_id(text: object) -> bool:
    """Whether this has an identifier's form; whether such a row exists is another question."""
    return isinstance(text, str) and _ID.match(text) is not None
