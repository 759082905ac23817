"""Which host and path show which shop, and none that they must not."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from deployments.serving import find_file, host_pattern
from tests.deployments.fakes.browsing import Browser, browsing
from tests.deployments.fakes.shops import PREVIEW, PRODUCTION, make_release, publish_release

SECRET = "not for visitors"

pytestmark = pytest.mark.usefixtures("site_settings")


def test_only_previews_are_hidden_from_search_engines(
    site_visitor: Browser, tmp_path: Path
) -> None:
    publish_release(tmp_path, "one", "production")
    publish_release(tmp_path, "one", "preview")

    assert site_visitor.get(PREVIEW).headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in site_visitor.get(PRODUCTION).headers


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/../../../secret.txt",
        "/assets/../../../../../secret.txt",
        "/%2e%2e/%2e%2e/%2e%2e/secret.txt",
        "/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.txt",
        "/..%5c..%5c..%5csecret.txt",
        "/..\\..\\..\\secret.txt",
        "/%252e%252e/%252e%252e/secret.txt",
        "/..%00/secret.txt",
        "/index.html%00.txt",
        "/index.html%0a",
        "/./index.html",
        "/cart//index.html",
        "/%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt",
        "/%ff%fe",
        "/.hidden",
        "/.hidden/file.txt",
        "/link.txt",
        "/linked/secret.txt",
        "/linked",
        "/" + "a" * 300,
        "/" + "a/" * 1500,
        "/index.html/",
        "/index.html/x",
        "/~root",
        "/%2fetc/passwd",
        "/?/../secret.txt%00",
    ],
)
def test_no_path_leads_out_of_the_release(
    site_visitor: Browser, release_folder: Path, tmp_path: Path, path: str
) -> None:
    for folder in (
        tmp_path,
        tmp_path / "sites",
        release_folder.parent,
        release_folder.parent.parent,
    ):
        (folder / "secret.txt").write_text(SECRET)
    (release_folder / ".hidden").mkdir()
    (release_folder / ".hidden/file.txt").write_text(SECRET)
    (release_folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (release_folder / "linked").symlink_to(tmp_path)

    response = site_visitor.get(PRODUCTION, path)
    assert response.status == (200 if path.startswith("/?") else 404)
    assert SECRET.encode() not in response.body


@pytest.mark.parametrize("path", ["//index.html", "//", "/cart//index.html", "/../one/index.html"])
def test_a_path_with_empty_steps_or_steps_up_names_nothing(release_folder: Path, path: str) -> None:
    assert find_file(release_folder, path) is None


def test_a_link_to_a_folder_with_a_home_page_is_not_followed(
    site_visitor: Browser, release_folder: Path, tmp_path: Path
) -> None:
    outside = make_release(tmp_path, "outside").folder
    os.symlink(outside, release_folder / "linked")

    assert find_file(release_folder, "/linked/index.html") is None
    assert site_visitor.get(PRODUCTION, "/linked").status == 404
    assert site_visitor.get(PRODUCTION, "/linked/").status == 404


def test_the_platform_responds_on_its_own_hosts(
    site_visitor: Browser, release_folder: Path
) -> None:
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        response = site_visitor.get(host, "/healthz")
        assert (response.status, response.body) == (200, b'{"status": "ok"}')


@pytest.mark.parametrize("own", ["PUBLIC_URL", "ALLOWED_HOSTS"])
def test_a_host_of_the_platform_is_never_taken_for_a_shops(
    settings: Any, release_folder: Path, own: str
) -> None:
    settings.SITE_PRODUCTION_URL = "https://{identifier}.shopiq.example"
    settings.ALLOWED_HOSTS = ["*"]
    with browsing() as visitor:
        assert b"no shop" in visitor.get("api-abc123.shopiq.example", "/healthz").body

    if own == "PUBLIC_URL":
        settings.PUBLIC_URL = "https://api-abc123.shopiq.example"
    else:
        settings.ALLOWED_HOSTS = ["API-abc123.shopiq.example"]
    with browsing() as visitor:
        assert visitor.get("api-abc123.shopiq.example", "/healthz").status == 200


def test_nothing_is_served_where_shops_are_published_elsewhere(
    settings: Any, release_folder: Path
) -> None:
    settings.DEPLOY_TARGET = "s3"
    with browsing() as visitor:
        assert visitor.get(PRODUCTION).status == 400  # no host of the platform


def test_a_request_without_a_host_passes_by(site_visitor: Browser, release_folder: Path) -> None:
    with socket.create_connection(("127.0.0.1", site_visitor.port)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.")


@pytest.mark.parametrize(
    ("url", "host", "identifier"),
    [
        ("https://{identifier}.shops.example", "a-1.shops.example", "a-1"),
        ("https://{identifier}.shops.example/", "a-1.shops.example:8443", "a-1"),
        ("https://shop-{identifier}.example:444", "shop-a-1.example", "a-1"),
        ("https://{identifier}.shops.example", "a.b.shops.example", None),
        ("https://{identifier}.shops.example", "-a.shops.example", None),
        ("https://{identifier}.shops.example", "a-1.shopsxexample", None),
        ("https://{identifier}.shops.example", "a-1.shops.example.evil.example", None),
        ("https://{identifier}.shops.example", f"{'a' * 64}.shops.example", None),
        ("https://{identifier}.shops.example", "..shops.example", None),
    ],
)
def test_hosts_are_read_by_the_pattern_of_the_settings(
    url: str, host: str, identifier: str | None
) -> None:
    match = host_pattern(url).fullmatch(host)
    assert (match and match["identifier"]) == identifier


def test_a_pattern_without_the_identifier_in_its_host_is_a_mistake() -> None:
    with pytest.raises(ImproperlyConfigured):
        host_pattern("https://shops.example/{identifier}")


def test_a_large_file_is_served_as_a_small_one(site_visitor: Browser, release_folder: Path) -> None:
    picture = os.urandom(3_000_000)
    (release_folder / "photo.png").write_bytes(picture)
    (release_folder / "icon.png").write_bytes(picture[:1000])

    large, small = (site_visitor.get(PRODUCTION, f"/{name}.png") for name in ("photo", "icon"))

    assert large.body == picture
    assert set(large.headers) == set(small.headers)
    head = site_visitor.get(PRODUCTION, "/photo.png", method="HEAD")
    assert (head.headers["Content-Length"], head.body) == ("3000000", b"")
