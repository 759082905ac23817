"""The API is English, whichever language its caller prefers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.factories import Keys

PREFERENCE = {"Accept-Language": "hi", "Cookie": "language=hi"}
IMAGE = "/partner/v1/image/create/"
ACCOUNTS = "/api/v2/third-party/createAccount"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (IMAGE, "{}"),
        (IMAGE, '{"prompt": 5}'),
        (IMAGE, "{"),
        (IMAGE, '{"prompt": "' + "a" * 9000 + '"}'),
        (ACCOUNTS, "{}"),
        (ACCOUNTS, '{"email": "x", "phone": "1"}'),
        (ACCOUNTS, "[]"),
        ("/partner/v1/nowhere", "{}"),
        ("/api/v2/third-party/nowhere", "{}"),
    ],
)
def test_messages_are_those_of_every_caller(keys: Keys, path: str, body: str) -> None:
    assert _post(keys, path, body, PREFERENCE) == _post(keys, path, body, {})


def test_wrong_methods_and_keys_are_explained_in_english(keys: Keys) -> None:
    client = Client()
    for path in (IMAGE, ACCOUNTS):
        assert client.get(path, headers=PREFERENCE).text.isascii()
        assert client.post(path, headers=PREFERENCE).text.isascii()


def _post(keys: Keys, path: str, body: str, preference: dict[str, str]) -> tuple[int, Any]:
    key = keys.management if path.startswith("/api/") else keys.live
    headers = {"x-api-key": key, **preference}
    response = Client().post(path, body, content_type="application/json", headers=headers)
    said = json.loads(response.text)
    assert response.status_code >= 400
    assert "Accept-Language" not in response.headers.get("Vary", "")
    return response.status_code, [said.get(name) for name in ("code", "field", "message")]
