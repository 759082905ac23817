"""Pages take no files and no long bodies; what is refused is not read."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test import Client

from config.pages.middleware import MAX_BODY_BYTES
from tests.envelope import assert_error
from tests.factories import Keys

SHOP = "teal-vases-abc123.localhost"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


class Unread(io.RawIOBase):
    """A body of which nothing may be read."""

    def readable(self) -> bool:
        raise AssertionError("the body was read")

    read = readline = readable  # type: ignore[assignment]


class Endless(io.RawIOBase):
    """A chunked body without an end."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"x" * size


@pytest.fixture(scope="module")
def application() -> WSGIHandler:
    return WSGIHandler()


Send = Callable[..., Any]


@pytest.fixture
def send(application: WSGIHandler) -> Send:
    """POSTs a stream through all middleware, as a server would."""
    return functools.partial(_send, application)


def _send(
    application: WSGIHandler, path: str, body: Any, host: str = "testserver", **headers: Any
) -> Any:
    environ = {
        "REQUEST_METHOD": "POST",
        "REMOTE_ADDR": "127.0.0.1",
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": host,
        # A token pair makes Django read the form.
        "HTTP_COOKIE": f"csrftoken={'a' * 32}",
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        **headers,
    }
    return application.get_response(WSGIRequest(environ))


CHUNKED = {
    "CONTENT_TYPE": FORM,
    "HTTP_TRANSFER_ENCODING": "chunked",
    "wsgi.input_terminated": True,
}


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/login/", "testserver"),
        ("/dashboard/company/choose/", "testserver"),
        ("/admin/login/", "testserver"),
        ("/admin/billing/pointbucket/grant/", "testserver"),
        ("/payments/razorpay/webhook", "testserver"),
        ("/healthz", "testserver"),
        ("/nowhere", "testserver"),
        ("/", SHOP),
    ],
)
@pytest.mark.parametrize(
    ("content_type", "length"),
    [(MULTIPART, "500"), ("Multipart/Mixed", "500"), (FORM, str(MAX_BODY_BYTES + 1))],
)
def test_a_file_or_a_long_body_is_refused_unread(
    db: None, send: Send, path: str, host: str, content_type: str, length: str
) -> None:
    response = send(path, Unread(), host, CONTENT_TYPE=content_type, CONTENT_LENGTH=length)

    assert response.status_code == 413
    assert "<h1>Too large</h1>" in response.text


def test_a_chunked_body_is_read_up_to_the_limit(send: Send) -> None:
    body = Endless()

    assert send("/login/", body, **CHUNKED).status_code == 413
    assert body.given == MAX_BODY_BYTES + 1


def test_a_short_chunked_form_is_processed(db: None, send: Send) -> None:
    token = "a" * 32
    form = urlencode({"login": "nobody@nova.test", "csrfmiddlewaretoken": token})

    response = send(
        "/login/", io.BytesIO(form.encode()), **CHUNKED, HTTP_COOKIE=f"csrftoken={token}"
    )

    assert response.status_code == 200
    assert "nobody@nova.test" in response.text


def test_api_calls_keep_their_own_limit_in_the_envelope(keys: Keys) -> None:
    headers = {"x-api-key": keys.test}

    form = Client().generic("POST", "/partner/v1/image/create", b"x", MULTIPART, headers=headers)

    assert_error(form, 415, "Content-Type must be application/json")
