"""HTTPS connects to the checked address and verifies the certificate by name."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from config.egress import EgressError, TLSContext, download, send_request
from config.egress.deadline import Deadline
from tests.config.egress_hosts import DRIPPING, saying, silent
from tests.servers import Reply, Request, Server, loopback_only, serve, serve_script
from tests.waiting import SOON

_INSECURE = "no secure connection could be made"


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> TLSContext:
    context = TLSContext()
    authority.configure_trust(context)
    return context


def _certified(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def _nothing(request: Request) -> Reply:
    return Reply()


def _url(server: Server) -> str:
    return f"https://images.example:{server.port}/"


def _download(url: str, to: Path, *, context: TLSContext | None = None, seconds: float = 60) -> int:
    return download(
        url,
        to=to,
        max_bytes=1_000_000,
        deadline=Deadline.after(seconds),
        allow_loopback=True,
        resolve=lambda host: ["127.0.0.1"],
        ssl_context=context,
    )


def test_the_correct_name_is_accepted(
    authority: trustme.CA, trusting: TLSContext, tmp_path: Path
) -> None:
    tls = _certified(authority, "images.example")
    with serve(lambda request: Reply(body=b"abc"), tls=tls) as server:
        assert _download(_url(server), tmp_path / "file", context=trusting) == 3
    assert server.server_names == ["images.example"]
    assert server.requests[0].headers["host"] == f"images.example:{server.port}"


@pytest.mark.parametrize("names", [("other.example",), ("127.0.0.1",)])
def test_a_certificate_for_another_name_fails(
    names: tuple[str, ...], authority: trustme.CA, trusting: TLSContext, tmp_path: Path
) -> None:
    tls = _certified(authority, *names)
    with serve(_nothing, tls=tls) as server, pytest.raises(EgressError) as caught:
        _download(_url(server), tmp_path / "file", context=trusting)
    assert caught.value.detail == _INSECURE
    assert server.requests == []


def test_an_unknown_authority_fails(authority: trustme.CA, tmp_path: Path) -> None:
    tls = _certified(authority, "images.example")
    with serve(_nothing, tls=tls) as server, pytest.raises(EgressError) as caught:
        _download(_url(server), tmp_path / "file")
    assert caught.value.detail == _INSECURE


def test_an_operators_service_needs_a_trusted_certificate_too(authority: trustme.CA) -> None:
    tls = _certified(authority, "localhost")
    with serve(_nothing, tls=tls) as server, pytest.raises(EgressError) as caught:
        send_request(
            "GET",
            f"https://localhost:{server.port}/",
            deadline=Deadline.after(60),
            headers={},
            max_response_bytes=10,
        )
    assert caught.value.detail == _INSECURE
    assert server.requests == []


def test_a_server_without_tls_fails(trusting: TLSContext, tmp_path: Path) -> None:
    plain = saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with serve_script(plain) as server, pytest.raises(EgressError) as caught:
        _download(_url(server), tmp_path / "file", context=trusting)
    assert caught.value.detail == _INSECURE


def test_a_handshake_that_never_ends_stops_at_the_deadline(
    trusting: TLSContext, tmp_path: Path
) -> None:
    started = time.monotonic()
    with serve_script(silent) as server, pytest.raises(EgressError) as caught:
        _download(_url(server), tmp_path / "file", context=trusting, seconds=0.2)
    assert caught.value.detail == "the server took too long"
    assert time.monotonic() - started < SOON


@pytest.mark.parametrize("name", ["silence", "dripping headers", "a dripping body"])
def test_slow_tls_data_stops_at_the_deadline(
    name: str, authority: trustme.CA, trusting: TLSContext, tmp_path: Path
) -> None:
    started = time.monotonic()
    tls = _certified(authority, "images.example")
    with serve_script(DRIPPING[name], tls=tls) as server, pytest.raises(EgressError) as caught:
        _download(_url(server), tmp_path / "file", context=trusting, seconds=0.2)
    assert caught.value.detail == "the server took too long"
    assert time.monotonic() - started < SOON


def test_a_redirect_from_https_to_http_is_rejected(
    authority: trustme.CA, trusting: TLSContext, tmp_path: Path
) -> None:
    with serve(lambda request: Reply(body=b"abc")) as plain:
        tls = _certified(authority, "images.example")
        where = {"Location": f"{plain.url}/"}
        moved = serve(lambda request: Reply(302, headers=where), tls=tls)
        with moved as server, pytest.raises(EgressError):
            _download(_url(server), tmp_path / "file", context=trusting)
    assert len(server.requests) == 1
    assert plain.connections == 0
