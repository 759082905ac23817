"""Publish shops to a bucket of Amazon S3 or a compatible service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import structlog
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext_noop

from config.egress.deadline import Deadline
from deployments.targets.base import PublishFailed, Release, Stage
from deployments.targets.files import cache_control_of, content_type_of, is_page, list_files

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ObjectCannedACLType
    from mypy_boto3_s3.type_defs import PutObjectRequestTypeDef

log = structlog.get_logger(__name__)

#: The maximum of one DeleteObjects request.
_DELETE_BATCH = 1000
_UPLOADS_AT_ONCE = 8


class S3Target:
    """Objects named `{prefix}/{stage}/{identifier}/…` in `bucket`; `prefix` may be empty.

    A bucket has no switch for many objects at once. So what pages refer to is uploaded before the
    pages, the home page last, and what the release lacks is deleted in the end: a visitor sees
    the old page or the new one, and each finds its files. Whatever serves the bucket (a website
    endpoint, a CDN) maps a shop's host to its prefix, folders to `index.html` and a missing
    object to the shop's `404.html`.

    `acl` is sent with every object; "" sends none, which a bucket with disabled ACLs needs.
    `endpoint_url` names another service than Amazon's. Without keys boto3's usual sources are
    asked: environment, profile, role of the machine.
    """

    removes_quickly = True

    def __init__(
        self,
        bucket: str,
        region: str,
        *,
        prefix: str = "",
        acl: str = "",
        endpoint_url: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        self._acl = acl
        # A session of its own: boto3's default one is not thread-safe for creating clients.
        self._client: S3Client = Session().client(
            "s3",
            region_name=region,
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            config=_config(is_amazon=endpoint_url is None),
        )

    def publish(self, release: Release, stage: Stage, *, deadline: Deadline) -> None:
        prefix = self._prefix_of(release.identifier, stage)
        names = [str(name) for name in list_files(release.folder)]
        with _failures(release.identifier):
            for wave in _waves(names):
                self._upload(release.folder, prefix, wave, deadline)
            stale = set(self._keys_below(prefix, deadline)) - {prefix + name for name in names}
            self._delete(sorted(stale))

    def remove(self, identifier: str) -> None:
        with _failures(identifier):
            for stage in get_args(Stage):
                self._delete(list(self._keys_below(self._prefix_of(identifier, stage))))

    def check_access(self) -> None:
        """Write a file and delete it; raise `PublishFailed`."""
        key = f"{self._prefix}/doctor.txt".removeprefix("/")
        with _failures("doctor"):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=b"doctor")
        self._delete([key])

    def list_files(self) -> Iterator[tuple[str, int]]:
        """Yield key and size of every published file."""
        pages = self._client.get_paginator("list_objects_v2")
        with _failures("all shops"):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                yield from ((entry["Key"], entry["Size"]) for entry in page.get("Contents", []))

    def _prefix_of(self, identifier: str, stage: str) -> str:
        """Return a prefix with a final slash, so that `nova-1` does not match `nova-12`."""
        return f"{self._prefix}/{stage}/{identifier}/".removeprefix("/")

    def _upload(self, folder: Path, prefix: str, names: Iterable[str], deadline: Deadline) -> None:
        """Upload several files at a time; after the first failure no other one starts."""

        def put(name: str) -> None:
            deadline.remaining()
            self._put(prefix + name, folder / name)

        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as threads:
            # The first failure is raised here, and `map` then cancels what has not started.
            list(threads.map(put, names))

    def _put(self, key: str, file: Path) -> None:
        request: PutObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": key,
            "Body": file.read_bytes(),
            "ContentType": content_type_of(file.name),
            "CacheControl": cache_control_of(file.name),
        }
        if self._acl:
            request["ACL"] = cast("ObjectCannedACLType", self._acl)
        self._client.put_object(**request)

    def _keys_below(self, prefix: str, deadline: Deadline | None = None) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            if deadline:
                deadline.remaining()
            for entry in page.get("Contents", []):
                yield entry["Key"]

    def _delete(self, keys: list[str]) -> None:
        for start in range(0, len(keys), _DELETE_BATCH):
            batch = keys[start : start + _DELETE_BATCH]
            response = self._client.delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
            )
            if errors := response.get("Errors"):
                raise ClientError({"Error": {"Code": errors[0].get("Code", "")}}, "DeleteObjects")


def _waves(names: list[str]) -> list[list[str]]:
    """Group files by the order of upload: assets, pages, the home page."""
    files = [name for name in names if not is_page(name)]
    pages = [name for name in names if is_page(name) and name != "index.html"]
    return [files, pages, ["index.html"]]


def _config(*, is_amazon: bool) -> Config:
    """Limit waits to the margin of a lease over its step's deadline.

    Services other than Amazon's often support neither bucket host names nor the new checksums.
    """
    return Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"total_max_attempts": 2, "mode": "standard"},
        max_pool_connections=_UPLOADS_AT_ONCE,
        s3={"addressing_style": "virtual" if is_amazon else "path"},
        request_checksum_calculation="when_supported" if is_amazon else "when_required",
        response_checksum_validation="when_supported" if is_amazon else "when_required",
    )


@contextmanager
def _failures(identifier: str) -> Iterator[None]:
    """Log the service's message, which may name the bucket or account, and hide it."""
    try:
        yield
    except (ClientError, BotoCoreError, OSError) as error:
        log.warning("publish failed", identifier=identifier, reason=str(error))
        raise PublishFailed(
            gettext_noop("The website could not be uploaded. Please try again.")
        ) from error
