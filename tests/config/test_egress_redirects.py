"""A download follows three redirects at most, and checks each like the first URL."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.egress import EgressError, download
from config.egress.deadline import Deadline
from tests.config.egress_hosts import saying
from tests.servers import Reply, Request, Server, canary, read_request, serve, serve_script

_UNREACHABLE = "the address could not be reached"

pytestmark = pytest.mark.usefixtures("only_loopback")


def _download(url: str, to: Path) -> int:
    return download(
        url,
        to=to,
        max_bytes=1000,
        deadline=Deadline.after(5),
        allow_loopback=True,
        resolve=lambda host: ["127.0.0.1"],
    )


def _error(url: str, to: Path) -> str:
    with pytest.raises(EgressError) as caught:
        _download(url, to)
    assert not to.exists()
    return caught.value.detail


def _redirecting(times: int, status: int = 302) -> Iterator[Server]:
    def response(request: Request) -> Reply:
        step = int(request.target.strip("/") or 0)
        if step == times:
            return Reply(body=b"abc")
        return Reply(status, headers={"Location": f"/{step + 1}"})

    with serve(response) as server:
        yield server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_three_redirects_are_followed(status: int, target: Path) -> None:
    for server in _redirecting(3, status):
        assert _download(server.url, target) == 3


def test_a_fourth_redirect_is_rejected(target: Path) -> None:
    for server in _redirecting(4):
        assert _error(server.url, target) == "too many redirects"
        assert server.connections == 4


def test_a_redirect_loop_ends(target: Path) -> None:
    with serve(lambda request: Reply(302, headers={"Location": "/"})) as server:
        assert _error(server.url, target) == "too many redirects"


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/",
        "//[::ffff:127.0.0.1]:{port}/",
        "http://user@127.0.0.1:{port}/",
        "\\\\127.0.0.1:{port}\\",
        "http://[/",
        "http://127.0.0.1 :{port}/",
        "http://127.0.0.1:{port}/\x1f",
        "/a\tb",
    ],
)
def test_a_redirect_to_an_internal_address_is_not_followed(location: str, target: Path) -> None:
    with canary() as inside:
        where = f"HTTP/1.1 302 -\r\nLocation: {location.format(port=inside.port)}\r\n\r\n"
        with serve_script(saying(where.encode("latin-1"))) as server:
            assert _error(server.url, target) in {_UNREACHABLE, "the URL is not valid"}
        assert inside.connections == 0


@pytest.mark.parametrize(
    ("location", "target_asked"),
    [
        (b"/a b.png ", "/a%20b.png"),
        (b'/"a"<b>|{c}^`.png?x=[1] 2', "/%22a%22%3Cb%3E%7C%7Bc%7D%5E%60.png?x=[1]%202"),
        ("/साड़ी.png".encode(), "/%E0%A4%B8%E0%A4%BE%E0%A4%A1%E0%A4%BC%E0%A5%80.png"),
        ("/a\u00a0b".encode(), "/a%C2%A0b"),
        (b"/caf\xe9.png", "/caf%E9.png"),
        (b"/a%20b%zz", "/a%20b%zz"),
    ],
)
def test_a_target_is_escaped_as_browsers_do(
    location: bytes, target_asked: str, target: Path
) -> None:
    asked = []

    def script(connection: socket.socket) -> None:
        request = read_request(connection.makefile("rb"))
        assert request
        asked.append(request.target)
        first = b"HTTP/1.1 302 -\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        connection.sendall(first if len(asked) == 1 else Reply(body=b"abc").encode())

    with serve_script(script) as server:
        assert _download(server.url, target) == 3
    assert asked == ["/", target_asked]


def test_a_redirect_without_a_target_is_named_by_its_status(target: Path) -> None:
    with serve(lambda request: Reply(302)) as server:
        assert _error(server.url, target) == "the server answered with status 302"


def test_a_name_rebound_between_redirects_is_rejected(target: Path) -> None:
    responses = iter([["127.0.0.1"], ["10.0.0.1"]])
    moved = serve(lambda request: Reply(302, headers={"Location": "/next"}))
    with moved as server, pytest.raises(EgressError) as caught:
        download(
            f"http://images.example:{server.port}/",
            to=target,
            max_bytes=10,
            deadline=Deadline.after(5),
            allow_loopback=True,
            resolve=lambda host: next(responses),
        )
    assert caught.value.detail == _UNREACHABLE
    assert server.connections == 1
