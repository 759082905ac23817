"""Shops in a bucket, against a real HTTP server that speaks the protocol of S3."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from config.egress.deadline import Deadline, DeadlineExceeded
from deployments.targets.base import PublishFailed, Release, Stage
from deployments.targets.s3 import S3Target
from tests.buckets import KEYS, REGION, create_bucket
from tests.deployments.fakes.s3 import listing, obey, recording
from tests.deployments.fakes.shops import FILES, SHOP, make_release

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def bucket(s3_client: S3Client) -> str:
    return create_bucket(s3_client, "shops")


@pytest.fixture
def target(bucket: str, s3_endpoint: str) -> S3Target:
    return S3Target(bucket, REGION, prefix="sites", endpoint_url=s3_endpoint, **KEYS)


def publish(target: S3Target, release: Release, stage: Stage = "production") -> None:
    target.publish(release, stage, deadline=Deadline.after(20))


def keys_in(client: S3Client, bucket: str) -> set[str]:
    return {entry["Key"] for entry in client.list_objects_v2(Bucket=bucket).get("Contents", [])}


def keys_of(stage: Stage, identifier: str = SHOP) -> set[str]:
    return {f"sites/{stage}/{identifier}/{name}" for name in FILES}


def target_at(url: str, **options: str) -> S3Target:
    return S3Target("shops", REGION, endpoint_url=url, **KEYS, **options)


def test_a_release_is_uploaded_below_the_prefix_of_its_stage(
    target: S3Target, bucket: str, s3_client: S3Client, tmp_path: Path
) -> None:
    publish(target, make_release(tmp_path, "one"), "preview")
    assert keys_in(s3_client, bucket) == keys_of("preview")

    publish(target, make_release(tmp_path, "one"), "production")
    assert keys_in(s3_client, bucket) == keys_of("preview") | keys_of("production")
    home = s3_client.get_object(Bucket=bucket, Key=f"sites/production/{SHOP}/index.html")
    assert home["Body"].read() == b"<h1>Home one</h1>"


@pytest.mark.parametrize(
    ("name", "content_type", "cache_control"),
    [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("assets/shop.3f9a1c07.css", "text/css; charset=utf-8", "max-age=31536000, immutable"),
        ("assets/logo.svg", "image/svg+xml", "public, max-age=3600"),
        ("site.webmanifest", "application/manifest+json", "public, max-age=3600"),
    ],
)
def test_each_object_says_what_it_is_and_how_long_it_may_be_kept(
    target: S3Target,
    bucket: str,
    s3_client: S3Client,
    tmp_path: Path,
    name: str,
    content_type: str,
    cache_control: str,
) -> None:
    publish(target, make_release(tmp_path, "one"))

    head = s3_client.head_object(Bucket=bucket, Key=f"sites/production/{SHOP}/{name}")
    assert head["ContentType"] == content_type
    assert head["CacheControl"].endswith(cache_control)


def test_what_the_new_release_lacks_is_deleted_and_nothing_else(
    target: S3Target, bucket: str, s3_client: S3Client, tmp_path: Path
) -> None:
    neighbour = make_release(tmp_path, "other", identifier=f"{SHOP}4", **{"own.txt": "{}"})
    publish(target, neighbour)
    publish(target, make_release(tmp_path, "old", **{"old/page.html": "{}"}), "preview")
    publish(target, make_release(tmp_path, "one"), "production")

    publish(target, make_release(tmp_path, "two"), "preview")

    neighbours = keys_of("production", f"{SHOP}4") | {f"sites/production/{SHOP}4/own.txt"}
    assert keys_in(s3_client, bucket) == keys_of("preview") | keys_of("production") | neighbours


def test_pages_come_after_what_they_need_and_the_home_page_last(tmp_path: Path) -> None:
    with recording() as service:
        publish(target_at(service.url), make_release(tmp_path, "one"))

    sent = [request.path.partition(f"/{SHOP}/")[2] for request in service.of("PUT")]
    is_page = [name.endswith(".html") for name in sent]
    assert is_page == sorted(is_page)
    assert sent[-1] == "index.html"
    assert set(sent) == set(FILES)


def test_publishing_again_changes_nothing(
    target: S3Target, bucket: str, s3_client: S3Client, tmp_path: Path
) -> None:
    release = make_release(tmp_path, "one")
    publish(target, release)
    publish(target, release)

    assert keys_in(s3_client, bucket) == keys_of("production")


def test_a_removed_shop_leaves_no_object_and_removing_it_again_is_fine(
    target: S3Target, bucket: str, s3_client: S3Client, tmp_path: Path
) -> None:
    publish(target, make_release(tmp_path, "one"), "preview")
    publish(target, make_release(tmp_path, "one"), "production")
    publish(target, make_release(tmp_path, "two", identifier=f"{SHOP}4"))

    target.remove(SHOP)
    target.remove(SHOP)

    assert keys_in(s3_client, bucket) == keys_of("production", f"{SHOP}4")


@pytest.mark.parametrize(("acl", "sent"), [("public-read", "public-read"), ("", None)])
def test_an_acl_is_sent_only_where_one_is_set(tmp_path: Path, acl: str, sent: str | None) -> None:
    with recording() as service:
        publish(target_at(service.url, acl=acl), make_release(tmp_path, "one"))

    assert {request.headers.get("x-amz-acl") for request in service.of("PUT")} == {sent}


def test_more_objects_than_one_request_takes_are_deleted_in_several() -> None:
    keys = [f"sites/preview/{SHOP}/{number}.txt" for number in range(1001)]

    def answer(request: Request) -> Response:
        if request.method == "GET":
            return listing(keys if "preview" in request.args["prefix"] else [])
        return Response("<DeleteResult/>", mimetype="application/xml")

    with recording(answer) as service:
        target_at(service.url).remove(SHOP)

    deletions = [request.get_data().count(b"<Key>") for request in service.of("POST")]
    assert deletions == [1000, 1]


def test_an_object_that_the_service_keeps_is_a_failure() -> None:
    def answer(request: Request) -> Response:
        if request.method == "GET":
            return listing([f"sites/preview/{SHOP}/a.txt"])
        kept = "<DeleteResult><Error><Key>x</Key><Code>AccessDenied</Code></Error></DeleteResult>"
        return Response(kept, mimetype="application/xml")

    with recording(answer) as service, pytest.raises(PublishFailed, match="could not be"):
        target_at(service.url).remove(SHOP)


def test_a_missing_bucket_is_a_failure_that_does_not_name_it(
    s3_endpoint: str, tmp_path: Path
) -> None:
    target = S3Target("no-such-bucket", REGION, endpoint_url=s3_endpoint, **KEYS)

    with pytest.raises(PublishFailed) as caught:
        publish(target, make_release(tmp_path, "one"))
    assert str(caught.value) == "The website could not be uploaded. Please try again."


def test_a_service_that_is_down_is_a_failure(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        target = target_at(f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(PublishFailed, match="could not be uploaded"):
            publish(target, make_release(tmp_path, "one"))


def test_a_refused_upload_ends_soon_and_before_the_pages_are_touched(tmp_path: Path) -> None:
    release = make_release(tmp_path, "one", **{f"{number}.txt": "{}" for number in range(80)})

    with recording(lambda _: Response(status=403)) as service, pytest.raises(PublishFailed):
        publish(target_at(service.url), release)

    assert 0 < len(service.requests) < 80
    assert not any(request.path.endswith(".html") for request in service.requests)


def test_a_slow_service_ends_by_the_deadline(tmp_path: Path) -> None:
    def dawdle(request: Request) -> Response:
        time.sleep(0.1)
        return obey(request)

    release = make_release(tmp_path, "one", **{f"{number}.txt": "{}" for number in range(40)})
    with recording(dawdle) as service, pytest.raises(DeadlineExceeded):
        target_at(service.url).publish(release, "production", deadline=Deadline.after(0.2))

    assert len(service.requests) < 40


def test_a_site_without_a_home_page_is_not_published(target: S3Target, tmp_path: Path) -> None:
    release = make_release(tmp_path, "one")
    (release.folder / "index.html").unlink()

    with pytest.raises(PublishFailed, match="not complete"):
        publish(target, release)


@pytest.mark.parametrize(
    ("prefix", "key"),
    [
        ("", f"preview/{SHOP}/index.html"),
        ("sites", f"sites/preview/{SHOP}/index.html"),
        ("/a/b/", f"a/b/preview/{SHOP}/index.html"),
    ],
)
def test_the_prefix_stands_before_the_stage_and_the_shop(
    tmp_path: Path, prefix: str, key: str
) -> None:
    with recording() as service:
        publish(target_at(service.url, prefix=prefix), make_release(tmp_path, "one"), "preview")

    assert f"/shops/{key}" in {request.path for request in service.of("PUT")}
