"""The environment of installations that tests start beside their own."""

from __future__ import annotations

import os

#: The database of the tests, and what the browser tests need in this process; a server refuses to
#: start with the latter.
_OURS = {"DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def installation_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OURS}
