"""Public ids: 24 lower-case hex digits that sort by the second of their creation."""

from __future__ import annotations

import re
import secrets
import time
from datetime import datetime

_ID = re.compile(r"[0-9a-f]{24}\Z")


class IdConverter:
    """`<id:…>` in URL patterns; anything that is not an id does not match."""

    regex = "[0-9a-f]{24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def new_id() -> str:
    """Return eight digits of Unix time and 64 random bits; new rows go to the end of an index."""
    return f"{int(time.time()):08x}{secrets.token_hex(8)}"


def id_of(at: datetime) -> str:
    """Return a new id that begins with another time than the present."""
    return f"{first_id(at)}{secrets.token_hex(8)}"


def id_beside(other: str) -> str:
    """Return a new id with the time of another one: their rows are in partitions of one range."""
    return f"{other[:8]}{secrets.token_hex(8)}"


def first_id(at: datetime) -> str:
    """Return an id before all those created in this second or later, and after all others."""
    return f"{int(at.timestamp()):08x}"


def is_id(text: object) -> bool:
    """Check the format only."""
    return isinstance(text, str) and _ID.match(text) is not None
