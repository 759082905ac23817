"""Malformed input, in process, to every route of the API.

The response is never a 500 or HTML, always the envelope, and no ledger entry is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client

from billing.models import Charge, LedgerEntry
from imaging.models import ImageOperation
from tests.daily import Some
from tests.envelope import error_in, error_of
from tests.factories import Keys
from tests.imaging.calls import CREATE, ENHANCE
from tests.malicious_inputs import (
    BODIES,
    CONTENT_TYPES,
    HEADERS,
    METHODS,
    PATHS,
    QUERIES,
    api_paths,
    wrong_types,
)

FIELDS: dict[str, dict[str, Any]] = {
    CREATE: {"prompt": "a red shoe", "aspectRatio": "1:1", "mode": "fast", "resolution": "1k"},
    ENHANCE: {
        "images": ["https://example.com/a.png"],
        "userRequest": "",
        "aspectRatio": "1:1",
        "mode": "fast",
        "resolution": "1k",
    },
}


@pytest.fixture(autouse=True)
def _no_ledger_row(keys: Keys) -> Iterator[None]:
    """Whatever the test sent, no point moved."""
    yield
    assert LedgerEntry.objects.count() == 1, "more than the fixture's own credit"
    assert not Charge.objects.exists()
    assert not ImageOperation.objects.exists()


def send(
    method: str,
    path: str,
    key: str,
    *,
    body: bytes = b"",
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Any:
    client = Client(raise_request_exception=False)
    return client.generic(
        method, path, body, content_type=content_type, headers={"x-api-key": key, **(headers or {})}
    )


def key_for(path: str, keys: Keys) -> str:
    return keys.live if path.startswith("/partner/") else keys.management


def faults_in(responses: Iterable[tuple[str, Any]]) -> list[str]:
    """Return each input whose response is neither an envelope below 500 nor a success in JSON."""
    faults = []
    for sent, response in responses:
        try:
            assert response.status_code < 500, response.content[:300]
            if response.status_code >= 400:
                error_of(response)
            else:
                assert response.headers["Content-Type"] == "application/json"
                assert response.json()["success"] is True
        except (AssertionError, KeyError, ValueError) as fault:
            faults.append(f"{sent}: {fault}")
    return faults


def test_the_list_of_routes_is_complete() -> None:
    paths = api_paths()

    assert {CREATE, ENHANCE, "/partner/v1/image/usage"} <= set(paths)
    assert not [path for path in paths if set(path) & set("<>()?^$\\")]


@pytest.mark.parametrize("path", [CREATE, ENHANCE])
def test_malformed_bodies_are_rejected(keys: Keys, path: str) -> None:
    responses = {name: send("POST", path, keys.live, body=body) for name, body in BODIES.items()}

    assert faults_in(responses.items()) == []
    too_large = 256 * 1024
    assert {name: response.status_code for name, response in responses.items()} == {
        name: 413 if len(body) > too_large else 400 for name, body in BODIES.items()
    }


@pytest.mark.parametrize("path", api_paths())
def test_malformed_bodies_do_not_break_a_route(keys: Keys, path: str, some: Some) -> None:
    key = key_for(path, keys)
    bodies = some(list(BODIES.items()), 4)
    responses = ((name, send("POST", path, key, body=body)) for name, body in bodies)

    assert faults_in(responses) == []


@pytest.mark.parametrize("path", FIELDS)
def test_a_field_of_a_wrong_type_is_rejected(keys: Keys, path: str) -> None:
    for name, body in wrong_types(FIELDS[path], texts=("prompt", "userRequest")):
        response = send("POST", path, keys.live, body=body)
        assert response.status_code == 400, name
        assert error_of(response)["field"] in FIELDS[path], name


@pytest.mark.parametrize("path", api_paths())
def test_malformed_requests_do_not_break_a_route(keys: Keys, path: str, some: Some) -> None:
    assert faults_in(malformed_requests(path, key_for(path, keys), some)) == []


def malformed_requests(path: str, key: str, some: Some) -> Iterator[tuple[str, Any]]:
    for query in some(QUERIES, 4):
        for method in ("GET", "DELETE"):
            yield f"{method} ?{query}", send(method, f"{path}?{query}", key)
    for headers in some(HEADERS, 4):
        yield f"{headers}", send("POST", path, key, body=b"{}", headers=headers)
    for content_type in some(CONTENT_TYPES, 4):
        yield content_type, send("POST", path, key, body=b"{}", content_type=content_type)
    for method in some(METHODS, 4):
        yield method, send(method, path, key, body=b"{}")


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_a_wrong_content_type_is_a_415(keys: Keys, content_type: str) -> None:
    response = send(
        "POST", CREATE, keys.live, body=b'{"prompt": "a b c"}', content_type=content_type
    )

    assert (response.status_code, error_of(response)["message"]) == (
        415,
        "Content-Type must be application/json",
    )


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_path_creates_no_image(keys: Keys, path: str) -> None:
    for method in ("GET", "POST"):
        response = send(method, path, key_for(path, keys), body=b'{"prompt": "a red shoe"}')
        error_of(response)
        assert response.status_code in (404, 405), (method, path, response.content[:200])


@pytest.mark.parametrize(
    "host", ["evil.example.org", "127.0.0.1:80@evil", "a" * 300, "", "[::1", "x\ny", "../", "é"]
)
def test_a_forged_host_is_a_400_and_is_not_repeated(keys: Keys, host: str) -> None:
    response = send("GET", "/partner/v1/image/usage", keys.live, headers={"host": host})

    error_in(response.status_code, dict(response.headers), response.content)
    assert response.status_code == 400
    assert not host or host not in response.content.decode()


def test_without_a_key_a_malformed_body_is_not_examined(keys: Keys) -> None:
    for name, body in BODIES.items():
        response = Client().post(CREATE, body, content_type="application/json")
        assert response.status_code == 401, name


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_body_is_a_415(keys: Keys, encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    response = send("POST", CREATE, keys.live, body=b'{"prompt": "a b c"}', headers=headers)

    assert (response.status_code, error_of(response)["message"]) == (
        415,
        "Content-Encoding is not supported; send the body as it is",
    )
