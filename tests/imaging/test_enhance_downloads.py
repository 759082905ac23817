"""Images that cannot be had: the documented 400, and not a point (API docs, "Image Enhance")."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from PIL import Image

from tests.config.egress_hosts import saying, silent
from tests.envelope import assert_error, error_of
from tests.factories import Keys
from tests.imaging.calls import ENHANCE, assert_nothing_happened
from tests.imaging.image_host import respond
from tests.servers import Reply, Server, canary, serve, serve_script

Send = Callable[..., Any]

BAD_URLS = "All images must be valid HTTP/HTTPS URLs"


@pytest.fixture
def host() -> Iterator[Server]:
    """A host of images on loopback, which the embedded installation lets partners name."""
    with serve(respond) as server:
        yield server


@pytest.mark.parametrize(
    ("target", "detail"),
    [
        ("/gone.png", "the server answered with status 404"),
        ("/loop", "too many redirects"),
        ("/inward", "the address could not be reached"),
        ("/elsewhere", "the URL is not valid"),
        ("/page.html", "the file is not a supported image (JPEG, PNG, GIF or WebP)"),
        ("/empty", "the file is not a supported image (JPEG, PNG, GIF or WebP)"),
        ("/cut.png", "the image is damaged"),
        ("/big.bin", "the file is larger than 1 MB"),
    ],
)
def test_a_download_that_fails_says_why_and_costs_nothing(
    keys: Keys, post: Send, host: Server, settings: Any, target: str, detail: str
) -> None:
    settings.IMAGE_DOWNLOAD_MAX_BYTES = 2**20
    images = [f"{host.url}/photo.jpg", f"{host.url}{target}"]

    reply = post(ENHANCE, {"images": images}, keys.live)

    body = assert_error(reply, 400, f"Failed to download image: {detail}")
    assert (body["code"], body["field"]) == ("download_failed", "images.1")
    assert "X-Operation-Id" not in reply.headers
    assert_nothing_happened(keys.partner, balance=100_000)


def test_no_connection_is_held_during_a_download(keys: Keys, post: Send) -> None:
    ours, held = connections["default"], list[bool]()

    def refuse(request: object) -> Reply:
        held.append(ours.connection is not None)
        return Reply(404)

    with serve(refuse) as server:
        post(ENHANCE, {"images": [f"{server.url}/gone.png"]}, keys.live)

    assert held == [False]


def test_an_image_of_too_many_pixels_costs_nothing(keys: Keys, post: Send) -> None:
    picture = io.BytesIO()
    Image.new("1", (10_000, 4_001)).save(picture, "PNG")

    with serve(lambda request: Reply(200, picture.getvalue())) as server:
        reply = post(ENHANCE, {"images": [f"{server.url}/bomb.png"]}, keys.live)

    assert_error(reply, 400, "Failed to download image: the image is larger than 40 megapixels")
    assert_nothing_happened(keys.partner, balance=100_000)


@pytest.mark.parametrize(
    ("script", "scheme", "detail"),
    [
        (silent, "http", "the server took too long"),
        (saying(b"HTTP/1.1 200 OK\r\n", drip=b"X"), "http", "the server took too long"),
        (saying(b"SSH-2.0-OpenSSH\r\n"), "http", "the server's response could not be read"),
        (saying(b"SSH-2.0-OpenSSH\r\n"), "https", "no secure connection could be made"),
    ],
)
def test_a_malicious_host_costs_the_partner_nothing(
    keys: Keys, post: Send, settings: Any, script: Any, scheme: str, detail: str
) -> None:
    if detail == "the server took too long":
        settings.IMAGE_CALL_SECONDS = 2

    with serve_script(script) as server:
        url = f"{scheme}://127.0.0.1:{server.port}/a.png"
        reply = post(ENHANCE, {"images": [url]}, keys.live)

    assert_error(reply, 400, f"Failed to download image: {detail}")
    assert_nothing_happened(keys.partner, balance=100_000)


def test_a_closed_port_and_an_address_of_ours_sound_the_same(
    keys: Keys, post: Send, host: Server
) -> None:
    with canary() as server:
        closed = server.url
    replies = [
        post(ENHANCE, {"images": [url]}, keys.live) for url in (f"{closed}/a", f"{host.url}/inward")
    ]

    assert len({error_of(reply)["message"] for reply in replies}) == 1


def test_loopback_is_refused_where_the_setting_is_off(
    keys: Keys, post: Send, settings: Any
) -> None:
    settings.ALLOW_LOOPBACK_URLS = False

    with canary() as server:
        for url in (server.url, f"http://localhost:{server.port}/a.png", "http://localhost/a.png"):
            assert_error(post(ENHANCE, {"images": [url]}, keys.live), 400, BAD_URLS)

    assert server.connections == 0
