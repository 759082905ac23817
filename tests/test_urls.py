"""URLs of the API and their methods, with and without a trailing slash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import RateWindow
from tests.envelope import assert_error, error_of
from tests.factories import Keys
from tests.imaging.calls import CREATE, ENHANCE, OPERATIONS, PROMPT, USAGE
from tests.malicious_inputs import ID, api_paths

Send = Callable[..., Any]

METHODS = {CREATE: "POST", ENHANCE: "POST", USAGE: "GET, HEAD", f"{OPERATIONS}{ID}": "GET, HEAD"}
ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK")


@pytest.mark.parametrize("path", api_paths())
def test_every_route_needs_a_key_with_and_without_a_slash(live_db: None, path: str) -> None:
    for address in (path, f"{path}/"):
        for method in ("GET", "POST", "PUT", "DELETE"):
            response = Client().generic(method, address)
            assert_error(response, 401, "API key required. Provide via X-API-Key header.")


@pytest.mark.parametrize("path", METHODS)
def test_a_route_accepts_its_methods_and_lists_them_otherwise(keys: Keys, path: str) -> None:
    for method in ALL_METHODS:
        response = Client().generic(method, path, headers={"x-api-key": keys.test})
        is_right = method in METHODS[path].split(", ")
        assert (response.status_code != 405) is is_right, method
        assert response.headers.get("Allow") == (None if is_right else METHODS[path])
        assert method != "HEAD" or response.content == b""


def test_both_forms_of_a_path_behave_alike(keys: Keys, post: Send, get: Send) -> None:
    made = post(f"{CREATE}/", PROMPT, keys.test)

    assert made.status_code == 200
    assert get(f"{USAGE}/", keys.test).status_code == 200
    assert get(f"{OPERATIONS}{made.headers['X-Operation-Id']}/", keys.test).status_code == 200
    enhance = {"images": ["https://example.com/a.png"]}
    assert post(f"{ENHANCE}/", enhance, keys.test).status_code == 200


def test_head_is_a_get_without_its_body_and_counts_as_a_call(keys: Keys) -> None:
    response = Client().head(USAGE, headers={"x-api-key": keys.test})

    assert (response.status_code, response.content) == (200, b"")
    assert "RateLimit" in response.headers
    assert RateWindow.objects.get().minute_total == 1


@pytest.mark.parametrize("path", ["/nothing", "/media/nothing", "/static/nothing.css"])
def test_outside_the_api_errors_are_pages(live_db: None, get: Send, path: str) -> None:
    response = get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "name",
    [
        "../secrets.env",
        "%2e%2e/secrets.env",
        "partners/../../secrets.env",
        f"partners/{ID}/generated/../../../secrets.env",
        f"partners/{ID}/generated/{'a' * 36}.png%00",
        f"partners/{ID}/generated/{'a' * 36}.png%0a",
        f"partners/{ID}/generated/",
        f"partners/{ID}",
        "",
    ],
)
def test_only_names_of_images_are_served_as_media(
    live_db: None, get: Send, settings: Any, tmp_path: Any, name: str
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media" / "partners" / ID / "generated").mkdir(parents=True)
    (tmp_path / "secrets.env").write_text("SECRET_KEY=x")

    assert get(f"/media/{name}").status_code == 404


def test_media_is_not_served_by_the_application_with_s3(
    keys: Keys, post: Send, get: Send, settings: Any
) -> None:
    url = post(CREATE, PROMPT, keys.live).json()["data"]["imageUrl"]
    path = url.removeprefix(settings.PUBLIC_URL)
    served = get(path)
    assert served.status_code == 200
    served.close()

    settings.IMAGE_STORAGE = "s3"
    assert get(path).status_code == 404


def test_the_management_api_accepts_only_management_keys(keys: Keys, get: Send) -> None:
    path = f"/api/v2/third-party/getAccount/{ID}"

    assert error_of(get(path, keys.live))["message"] == "Invalid or revoked API key"
    assert_error(get(path, keys.management), 404, "Account not found.")
