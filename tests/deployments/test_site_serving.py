"""Shops under their own hosts, over real HTTP; the platform beside them as if they were not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployments.targets.local import LocalTarget
from tests.deployments.fakes.browsing import Browser, browsing
from tests.deployments.fakes.shops import PREVIEW, PRODUCTION, SHOP, publish_release

pytestmark = pytest.mark.usefixtures("site_settings")


def test_each_host_shows_the_release_of_its_stage(site_visitor: Browser, tmp_path: Path) -> None:
    publish_release(tmp_path, "one", "production")
    publish_release(tmp_path, "two", "preview")

    assert site_visitor.get(PRODUCTION).body == b"<h1>Home one</h1>"
    assert site_visitor.get(PREVIEW).body == b"<h1>Home two</h1>"


OWN = "127.0.0.1:8000"


def test_a_path_on_the_platforms_host_shows_each_stage(
    site_visitor: Browser, tmp_path: Path
) -> None:
    page = '<a href="/about">About</a><img src="/logo.svg"> "/" <a href="//cdn.test/">x</a>'
    publish_release(tmp_path, "one", "production", **{"links.html": page})
    publish_release(tmp_path, "two", "preview")

    for address, body in {
        f"/sites/{SHOP}/": b"<h1>Home one</h1>",
        f"/sites/{SHOP}": b"<h1>Home one</h1>",
        f"/sites/{SHOP}/about": b"<h1>About one</h1>",
        f"/sites/{SHOP}/preview/": b"<h1>Home two</h1>",
        f"/sites/{SHOP}/preview/cart/": b"<h1>Cart two</h1>",
    }.items():
        assert site_visitor.get(OWN, address).body == body, address
    prefix = f"/sites/{SHOP}"
    assert site_visitor.get(OWN, f"{prefix}/links").body.decode() == (
        f'<a href="{prefix}/about">About</a><img src="{prefix}/logo.svg"> "/" '
        '<a href="//cdn.test/">x</a>'
    )
    assert site_visitor.get(OWN, f"{prefix}/cart").headers["Location"] == f"{prefix}/cart/"
    assert site_visitor.get(OWN, f"{prefix}/../../etc/passwd").status == 404
    assert site_visitor.get(OWN, "/sites/none-000000/").status == 404
    assert site_visitor.get("evil.example", f"{prefix}/").status == 400
    assert site_visitor.get(PRODUCTION, f"{prefix}/").status == 404


def test_no_path_shows_a_shop_where_shops_have_hosts(tmp_path: Path, settings: Any) -> None:
    settings.SITE_PRODUCTION_URL = "https://{identifier}.shop.example"
    publish_release(tmp_path, "one", "production")
    with browsing() as visitor:
        assert visitor.get(OWN, f"/sites/{SHOP}/").body.count(b"Home one") == 0


@pytest.mark.parametrize("host", [f"{SHOP}.localhost", PRODUCTION.upper(), f"{SHOP}.localhost.:1"])
def test_the_host_is_known_in_any_case_and_at_any_port(
    site_visitor: Browser, release_folder: Path, host: str
) -> None:
    assert site_visitor.get(host).status == 200


def test_a_switch_is_seen_at_once(site_visitor: Browser, tmp_path: Path) -> None:
    publish_release(tmp_path, "one", "production")
    assert site_visitor.get(PRODUCTION, "/about").body == b"<h1>About one</h1>"

    publish_release(tmp_path, "two", "production")
    assert site_visitor.get(PRODUCTION, "/about").body == b"<h1>About two</h1>"

    LocalTarget(tmp_path / "sites").remove(SHOP)
    assert site_visitor.get(PRODUCTION, "/about").status == 404


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/", b"<h1>Home one</h1>"),
        ("/index.html", b"<h1>Home one</h1>"),
        ("/about", b"<h1>About one</h1>"),
        ("/about.html?from=home", b"<h1>About one</h1>"),
        ("/cart/", b"<h1>Cart one</h1>"),
        ("/%61bout", b"<h1>About one</h1>"),
        ("/assets/logo.svg", b"<svg>one</svg>"),
    ],
)
def test_files_folders_and_pretty_addresses_are_found(
    site_visitor: Browser, release_folder: Path, path: str, content: bytes
) -> None:
    response = site_visitor.get(PRODUCTION, path)
    assert (response.status, response.body) == (200, content)


def test_names_in_any_script_are_found(site_visitor: Browser, tmp_path: Path) -> None:
    publish_release(tmp_path, "one", "production", **{"दुकान.html": "नमस्ते"})

    response = site_visitor.get(PRODUCTION, "/%E0%A4%A6%E0%A5%81%E0%A4%95%E0%A4%BE%E0%A4%A8")
    assert response.body.decode() == "नमस्ते"


def test_a_folder_without_its_slash_leads_to_the_one_with_it(
    site_visitor: Browser, release_folder: Path
) -> None:
    response = site_visitor.get(PRODUCTION, "/cart?item=1")
    assert (response.status, response.headers["Location"]) == (301, "/cart/?item=1")


@pytest.mark.parametrize("path", ["/nothing", "/cart/nothing/", "/assets", "/assets/", "/about/"])
def test_a_missing_page_is_the_shops_own_404(
    site_visitor: Browser, release_folder: Path, path: str
) -> None:
    response = site_visitor.get(PRODUCTION, path)
    assert (response.status, response.body) == (404, b"<h1>Nothing here one</h1>")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"


def test_a_shop_without_a_404_page_gets_a_plain_one(
    site_visitor: Browser, release_folder: Path
) -> None:
    (release_folder / "404.html").unlink()

    response = site_visitor.get(PRODUCTION, "/nothing")
    assert response.status == 404
    assert b"Page not found" in response.body


@pytest.mark.parametrize("host", ["unknown-000000.localhost", "x.dev.localhost:9", "dev.localhost"])
def test_an_unknown_shop_is_a_friendly_404(
    site_visitor: Browser, release_folder: Path, host: str
) -> None:
    response = site_visitor.get(host, "/api/v2/third-party/getIntegrations")
    assert response.status == 404
    assert b"There is no shop at this address" in response.body
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "content_type", "cache_control"),
    [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/about?v=3f9a", "text/html; charset=utf-8", "no-cache"),
        (
            "/assets/shop.3f9a1c07.css",
            "text/css; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        ("/assets/logo.svg?v=3f9a", "image/svg+xml", "public, max-age=31536000, immutable"),
        ("/assets/logo.svg", "image/svg+xml", "public, max-age=3600"),
        ("/assets/logo.svg?vv=3f9a", "image/svg+xml", "public, max-age=3600"),
        ("/site.webmanifest", "application/manifest+json", "public, max-age=3600"),
    ],
)
def test_responses_have_their_type_and_cache_lifetime(
    site_visitor: Browser, release_folder: Path, path: str, content_type: str, cache_control: str
) -> None:
    headers = site_visitor.get(PRODUCTION, path).headers
    assert headers["Content-Type"] == content_type
    assert headers["Cache-Control"] == cache_control


def test_what_a_visitor_has_already_is_not_sent_again(
    site_visitor: Browser, release_folder: Path
) -> None:
    first = site_visitor.get(PRODUCTION)
    by_tag = site_visitor.get(PRODUCTION, If_None_Match=first.headers["ETag"])
    by_time = site_visitor.get(PRODUCTION, If_Modified_Since=first.headers["Last-Modified"])

    for response in (by_tag, by_time):
        assert (response.status, response.body) == (304, b"")
        assert response.headers["ETag"] == first.headers["ETag"]
        assert response.headers["Cache-Control"] == "no-cache"
        assert "Content-Length" not in response.headers
    assert site_visitor.get(PRODUCTION, If_None_Match='"other"').status == 200


def test_another_release_has_another_tag(site_visitor: Browser, tmp_path: Path) -> None:
    publish_release(tmp_path, "one", "production")
    tag = site_visitor.get(PRODUCTION).headers["ETag"]

    publish_release(tmp_path, "two", "production")
    assert site_visitor.get(PRODUCTION, If_None_Match=tag).body == b"<h1>Home two</h1>"


@pytest.mark.parametrize("path", ["/", "/about", "/cart", "/nothing"])
def test_head_responds_like_get_without_the_body(
    site_visitor: Browser, release_folder: Path, path: str
) -> None:
    head, get = site_visitor.get(PRODUCTION, path, "HEAD"), site_visitor.get(PRODUCTION, path)
    assert head.body == b""
    assert head.status == get.status
    assert head.headers["Content-Length"] == str(len(get.body))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(
    site_visitor: Browser, release_folder: Path, method: str
) -> None:
    response = site_visitor.get(PRODUCTION, "/", method)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/nothing", "/cart", "/assets/logo.svg"])
def test_every_response_of_a_shop_has_its_policy_and_no_cookie(
    site_visitor: Browser, release_folder: Path, path: str
) -> None:
    headers = site_visitor.get(PRODUCTION, path, Cookie="sessionid=abc").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self'; img-src 'self' data:")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    assert "X-Request-Id" in headers
