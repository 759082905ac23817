"""What the description says of the API as a whole."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings


def read_version() -> str:
    """Return the newest version of the API changelog, such as `2.3.0`."""
    changelog = Path(settings.BASE_DIR, "docs", "partners", "en", "changelog.md").read_text()
    found = re.search(r"^## v([0-9.]+)$", changelog, re.MULTILINE)
    assert found, "the API changelog has no version"
    return found[1]


DESCRIPTION = """\
Manage merchant accounts, connect integrations, deploy shops, and generate and enhance images.

Requests and responses are JSON. Send your key in the `X-API-Key` header, or as
`Authorization: Bearer`. Every error has `success: false`, a `message` for people and a stable
`code` for programs.

Paths work with and without a trailing slash. Unknown members of a body are ignored. More members
may be added to responses and events at any time.

Errors that come before any endpoint: 404 `route_not_found`, 405 `method_not_allowed`, 408
`request_timeout`, 429 `too_many_connections`, and `malformed_http` with 400, 414, 417, 431 or 501.
"""
#: The groups of endpoints in their order.
GROUPS = {
    "Accounts": "The accounts of your merchants.",
    "Integrations": "Connections between accounts and other services.",
    "Auto-login": "Links that sign a merchant in.",
    "Deployments": "Shops: build, publish, roll back.",
    "Domains": "The merchants' own domains.",
    "Events": "What was sent to your webhooks, and what they missed.",
    "Webhooks": "The URLs that get events.",
    "Images": "Generate and enhance images, paid with points.",
    "Keys": "The key of the request.",
}
