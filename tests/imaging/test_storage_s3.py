"""Images in a bucket, against a real HTTP server that speaks the protocol of S3."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import urllib3
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from imaging.storage.base import StorageError
from imaging.storage.s3 import S3Storage
from tests.buckets import KEYS, REGION, create_bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NAME = "partners/abc123/generated/0f8b.png"


@pytest.fixture
def bucket(s3_client: S3Client) -> str:
    return create_bucket(s3_client, "images")


def storage_of(bucket: str, endpoint: str, **options: str) -> S3Storage:
    return S3Storage(bucket, REGION, endpoint_url=endpoint, **KEYS, **options)


@contextmanager
def recorder(response: str = "<DeleteResult/>") -> Iterator[tuple[str, list[Request]]]:
    """A service that answers everything with 200 and keeps the requests."""
    seen: list[Request] = []

    @Request.application
    def record(request: Request) -> Response:
        request.get_data()
        seen.append(request)
        return Response(response, mimetype="application/xml")

    server = make_server("127.0.0.1", 0, record)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def grants_of(s3_client: S3Client, bucket: str) -> list[tuple[str | None, str | None]]:
    grants = s3_client.get_object_acl(Bucket=bucket, Key=NAME)["Grants"]
    return [(grant["Grantee"].get("URI"), grant.get("Permission")) for grant in grants]


def test_anyone_may_read_a_saved_image_at_its_url_for_a_year(s3_endpoint: str, bucket: str) -> None:
    url = storage_of(bucket, s3_endpoint).save(NAME, b"png")

    response = urllib3.request("GET", url)
    assert (response.status, response.data) == (200, b"png")
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_object_is_public_by_its_acl(
    s3_endpoint: str, bucket: str, s3_client: S3Client
) -> None:
    storage_of(bucket, s3_endpoint).save(NAME, b"png")

    everyone = "http://acs.amazonaws.com/groups/global/AllUsers"
    assert (everyone, "READ") in grants_of(s3_client, bucket)


@pytest.mark.parametrize(("acl", "sent"), [("public-read", ["public-read"]), ("", [])])
def test_an_empty_acl_is_not_sent(acl: str, sent: list[str]) -> None:
    with recorder() as (endpoint, seen):
        storage_of("images", endpoint, acl=acl).save(NAME, b"png")

    assert [request.headers.getlist("x-amz-acl") for request in seen] == [sent]


def test_deleted_images_are_gone_and_missing_ones_are_fine(
    s3_endpoint: str, bucket: str, s3_client: S3Client
) -> None:
    storage = storage_of(bucket, s3_endpoint)
    storage.save(NAME, b"png")

    storage.delete([NAME, "partners/abc123/generated/never.png"])
    storage.delete([])

    assert "Contents" not in s3_client.list_objects_v2(Bucket=bucket)


def test_more_images_than_one_request_takes_are_deleted_in_several() -> None:
    with recorder() as (endpoint, seen):
        storage_of("images", endpoint).delete(f"{number}.png" for number in range(1001))

    assert [request.get_data().count(b"<Key>") for request in seen] == [1000, 1]


def test_an_image_that_the_service_keeps_is_an_error() -> None:
    kept = "<DeleteResult><Error><Key>x</Key><Code>AccessDenied</Code></Error></DeleteResult>"

    with recorder(kept) as (endpoint, _), pytest.raises(StorageError, match="AccessDenied"):
        storage_of("images", endpoint).delete([NAME])


def test_a_missing_bucket_is_an_error_that_names_its_code(s3_endpoint: str) -> None:
    storage = storage_of("no-such-bucket", s3_endpoint)

    with pytest.raises(StorageError, match="NoSuchBucket"):
        storage.save(NAME, b"png")
    with pytest.raises(StorageError, match="NoSuchBucket"):
        storage.delete([NAME])


def test_a_server_that_is_down_is_an_error() -> None:
    from moto.server import ThreadedMotoServer  # which takes a second

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    server.stop()

    with pytest.raises(StorageError, match="could not be reached"):
        storage_of("images", f"http://{host}:{port}").save(NAME, b"png")


def test_a_bad_name_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(StorageError, match="plain relative path"):
        storage_of("images", "http://127.0.0.1:9").save("../x.png", b"png")


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, f"https://images.s3.{REGION}.amazonaws.com/{NAME}"),
        ({"endpoint_url": "http://127.0.0.1:9000/"}, f"http://127.0.0.1:9000/images/{NAME}"),
        ({"public_base_url": "https://cdn.example/i/"}, f"https://cdn.example/i/{NAME}"),
    ],
    ids=["Amazon", "another service", "a CDN"],
)
def test_the_url_names_the_bucket_its_service_or_its_cdn(options: dict[str, str], url: str) -> None:
    assert S3Storage("images", REGION, **KEYS, **options).url(NAME) == url


def test_a_hidden_image_is_gone_from_its_url_and_private_until_it_is_shown_again(
    s3_client: S3Client, s3_endpoint: str, bucket: str
) -> None:
    storage = storage_of(bucket, s3_endpoint)
    url = storage.save(NAME, b"a picture")
    hidden = "hidden/5c1d/0.png"
    for _ in range(2):  # the second time there is nothing to move
        storage.move(NAME, hidden, is_public=False)
    assert urllib3.request("GET", url).status == 404
    assert urllib3.request("GET", storage.url(hidden)).status == 403
    storage.move(hidden, NAME, is_public=True)
    shown = urllib3.request("GET", url)
    assert (shown.status, shown.data) == (200, b"a picture")
    assert shown.headers["Cache-Control"].startswith("public")
