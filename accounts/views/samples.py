"""Code that calls an endpoint with a new key, in the languages of most partners."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from accounts.endpoints import Endpoint, endpoints_for
from accounts.models import ApiKey, Environment
from accounts.services.keys import IssuedKey

#: The names of the files in `templates/samples/`, and what a reader calls the languages.
LANGUAGES = {"curl": "curl", "python": "Python", "node": "Node", "php": "PHP"}
_DOTS = "sq_test_…"


def sample_context(issued: IssuedKey) -> dict[str, Any]:
    """Return what `samples/code.html` reads; `endpoint` is None if the key can call none."""
    return {
        "key": issued.key,
        "secret": issued.secret,
        "endpoint": find_example_endpoint(issued.key),
        "public_url": settings.PUBLIC_URL,
        "languages": LANGUAGES,
    }


def sample_without_key() -> dict[str, Any]:
    """Return the same with dots in the place of a test key."""
    key = ApiKey(environment=Environment.TEST)
    return sample_context(IssuedKey(key, _DOTS)) | {"key": None}


def find_example_endpoint(key: ApiKey) -> Endpoint | None:
    """Return an endpoint with an example call, None if the key can call none.

    For a live key, it is preferably one that costs no points; for a test key, one that would cost
    points with a live key.
    """
    allowed = [
        endpoint
        for endpoint in endpoints_for(key.environment)
        if endpoint.example is not None
        and (key.permissions is None or endpoint.name in key.permissions)
    ]
    is_test = key.environment == Environment.TEST
    best_first = sorted(allowed, key=lambda endpoint: endpoint.costs_points != is_test)
    return best_first[0] if best_first else None
