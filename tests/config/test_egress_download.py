"""Downloading a partner's file: limits, malicious servers, and the partner's error message."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from config.egress import EgressError, download
from config.egress.deadline import Deadline
from tests.config.egress_hosts import BROKEN, DRIPPING, saying
from tests.servers import Reply, canary, has_ipv6, serve, serve_script
from tests.waiting import SOON

_UNREACHABLE = "the address could not be reached"
_UNREADABLE = "the server's response could not be read"

pytestmark = pytest.mark.usefixtures("only_loopback")


def _download(url: str, to: Path, *, max_bytes: int = 2**20, seconds: float = 60) -> int:
    return download(
        url,
        to=to,
        max_bytes=max_bytes,
        deadline=Deadline.after(seconds),
        allow_loopback=True,
        resolve=lambda host: ["127.0.0.1"],
    )


def _error(url: str, to: Path, *, max_bytes: int = 2**20, seconds: float = 60) -> str:
    with pytest.raises(EgressError) as caught:
        _download(url, to, max_bytes=max_bytes, seconds=seconds)
    assert not to.exists()
    return caught.value.detail


def test_a_file_arrives_byte_for_byte(target: Path) -> None:
    data = bytes(range(256)) * 1000
    with serve(lambda request: Reply(body=data)) as server:
        assert _download(f"{server.url}/a.png?b=1", target) == len(data)
    assert target.read_bytes() == data
    (request,) = server.requests
    assert (request.method, request.target) == ("GET", "/a.png?b=1")
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["accept"].startswith("image/*")


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 loopback here")
def test_a_file_over_ipv6_arrives(target: Path) -> None:
    with serve(lambda request: Reply(body=b"abc"), host="::1") as server:
        assert _download(server.url, target) == 3
    assert server.requests[0].headers["host"] == f"[::1]:{server.port}"


def test_a_chunked_file_arrives(target: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serve_script(saying(head, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) as server:
        assert _download(server.url, target) == 5
    assert target.read_bytes() == b"abcde"


def test_the_host_header_follows_the_name_and_the_connection_its_address(target: Path) -> None:
    with serve(lambda request: Reply(body=b"abc")) as server:
        _download(f"http://images.example:{server.port}/", target)
    assert server.requests[0].headers["host"] == f"images.example:{server.port}"


def test_a_name_is_resolved_once_to_prevent_dns_rebinding(target: Path) -> None:
    responses = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str) -> list[str]:
        asked.append(host)
        return next(responses)

    with serve(lambda request: Reply(body=b"abc")) as server:
        url = f"http://images.example:{server.port}/"
        download(
            url,
            to=target,
            max_bytes=10,
            deadline=Deadline.after(60),
            allow_loopback=True,
            resolve=rebinding,
        )
    assert asked == ["images.example"]


def test_a_second_address_is_tried_if_the_first_fails(target: Path) -> None:
    with serve(lambda request: Reply(body=b"abc")) as server:
        url = f"http://images.example:{server.port}/"
        written = download(
            url,
            to=target,
            max_bytes=10,
            deadline=Deadline.after(60),
            allow_loopback=True,
            resolve=lambda host: ["127.0.0.2", "127.0.0.1"],
        )
    assert written == 3


def test_a_silent_name_server_is_limited_by_the_deadline(target: Path) -> None:
    def silent_name_server(host: str) -> list[str]:
        time.sleep(2 * SOON)
        return ["127.0.0.1"]

    started = time.monotonic()
    with pytest.raises(EgressError) as caught:
        download(
            "http://images.example/",
            to=target,
            max_bytes=10,
            deadline=Deadline.after(0.2),
            resolve=silent_name_server,
        )
    assert caught.value.detail == "the server took too long"
    assert time.monotonic() - started < SOON


def test_an_unknown_name_and_a_refused_connection_have_the_same_error(target: Path) -> None:
    def unknown(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(EgressError) as caught:
        download(
            "http://x.example/",
            to=target,
            max_bytes=1,
            deadline=Deadline.after(1),
            resolve=unknown,
        )
    with canary() as server:
        port = server.port
    assert caught.value.detail == _error(f"http://127.0.0.1:{port}/", target) == _UNREACHABLE


@pytest.mark.parametrize("name", DRIPPING)
def test_the_deadline_ends(name: str, target: Path) -> None:
    started = time.monotonic()
    with serve_script(DRIPPING[name]) as server:
        detail = _error(server.url, target, seconds=0.2)
    assert detail == "the server took too long"
    assert time.monotonic() - started < SOON


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_response_is_rejected(name: str, target: Path) -> None:
    with serve_script(BROKEN[name]) as server:
        assert _error(server.url, target) == _UNREADABLE


def test_an_endless_body_stops_at_the_limit(target: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with serve_script(saying(head, drip=b"a" * 65536, every=0)) as server:
        assert _error(server.url, target, max_bytes=3 * 2**20) == "the file is larger than 3 MB"


def test_a_declared_length_over_the_limit_is_rejected_unread(target: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 52428801\r\n\r\n"
    with serve_script(saying(head)) as server:
        detail = _error(server.url, target, max_bytes=50 * 2**20)
    assert detail == "the file is larger than 50 MB"


def test_a_file_of_exactly_the_limit_passes_and_one_byte_more_does_not(target: Path) -> None:
    with serve_script(saying(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 1000)) as server:
        assert _download(server.url, target, max_bytes=1000) == 1000
        target.unlink()
        assert _error(server.url, target, max_bytes=999) == "the file is larger than 999 bytes"


def test_bytes_beyond_a_too_short_length_are_ignored(target: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    with serve_script(saying(head, b"abcdef")) as server:
        assert _download(server.url, target) == 3


@pytest.mark.parametrize("status", [100, 102, 103, 199])
def test_informational_responses_are_skipped(status: int, target: Path) -> None:
    interim = f"HTTP/1.1 {status} -\r\nLink: </a.css>\r\n\r\n".encode()
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    with serve_script(saying(interim * 3, final)) as server:
        assert _download(server.url, target) == 3
    with serve_script(saying(interim + interim.replace(b"Link", b"X-L"), final)) as server:
        assert _download(server.url, target) == 3


def test_a_switch_of_protocols_is_not_a_file(target: Path) -> None:
    with serve_script(saying(b"HTTP/1.1 101 -\r\n\r\n")) as server:
        assert _error(server.url, target) == "the server answered with status 101"


def test_a_response_may_have_many_headers(target: Path) -> None:
    headers = {f"X-{number}": "a" * 100 for number in range(500)}
    with serve(lambda request: Reply(body=b"abc", headers=headers)) as server:
        assert _download(server.url, target) == 3


@pytest.mark.parametrize("status", [204, 206, 304, 401, 404, 500])
def test_another_status_is_named(status: int, target: Path) -> None:
    with serve(lambda request: Reply(status)) as server:
        assert _error(server.url, target) == f"the server answered with status {status}"


def test_proxies_of_the_environment_are_ignored(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with canary() as proxy, serve(lambda request: Reply(body=b"abc")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("no_proxy", "")
        assert _download(server.url, target) == 3
        assert proxy.connections == 0
