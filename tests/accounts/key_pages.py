"""Helpers for tests of the key pages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from accounts.models import ApiKey, Partner
from accounts.services.keys import create_key
from tests.users import browser_of, create_user

KEYS = "/dashboard/keys/"
NEW = f"{KEYS}new/"
MANAGEMENT = f"{NEW}management/"
USAGE = "/partner/v1/image/usage"


def browser(partner: Partner, role: str = "owner", *, fresh: bool = True) -> Client:
    return browser_of(create_user(partner, role), fresh=fresh)


def generate_key(partner: Partner, environment: str = "test", **options: Any) -> ApiKey:
    return create_key(partner=partner, environment=environment, actor="t", **options).key


def page_of(key: ApiKey, name: str = "") -> str:
    return f"{KEYS}{key.id}/{name}"


def text_of(response: Any) -> str:
    """Return the visible text of the main part."""
    main = response.content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def new_key_form(client: Client, path: str = NEW, **fields: Any) -> dict[str, Any]:
    """Return the form data as a browser would submit it."""
    page = client.get(path).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    sent = {
        "token": token[1],
        "name": "Shop",
        "environment": "test",
        "expiry": "never",
        "access": "all",
    }
    return {**sent, **fields}


def secret_in(response: Any) -> str:
    found = re.search(r"sq_(?:live|test|mgmt)_[0-9A-Za-z]{46}", response.content.decode())
    return found[0] if found else ""


def api_status(secret: str, **environ: Any) -> int:
    """Return the status of an API call with this key."""
    return Client(headers={"x-api-key": secret}).get(USAGE, **environ).status_code


def requires_reauthentication(response: Any) -> bool:
    """Return whether the response redirects to sign-in or reauthentication."""
    location = str(response.headers.get("Location", ""))
    return location.startswith(("/login/", "/reauthenticate/", "/2fa/reauthenticate/"))
