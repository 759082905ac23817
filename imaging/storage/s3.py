"""Images in a bucket of Amazon S3 or of a service that speaks its protocol."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from imaging.storage.base import CACHE_CONTROL, StorageError, check_name, content_type_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ObjectCannedACLType
    from mypy_boto3_s3.type_defs import CopyObjectRequestTypeDef, PutObjectRequestTypeDef

#: The maximum of one DeleteObjects request.
DELETE_BATCH = 1000
_MISSING = {"NoSuchKey", "404", "NotFound"}


class S3Storage:
    """Stores publicly readable objects in `bucket`.

    `acl` is sent with every object; "" sends none, which a bucket with disabled ACLs needs (its
    policy then makes the objects public). `endpoint_url` selects a service other than Amazon's,
    `public_base_url` is the public URL prefix of names (a CDN). Without keys boto3's usual
    sources are asked: environment, profile, role of the machine.
    """

    def __init__(
        self,
        bucket: str,
        region: str,
        *,
        acl: str = "public-read",
        endpoint_url: str | None = None,
        public_base_url: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
    ) -> None:
        self._bucket = bucket
        self._acl = acl
        self._base_url = public_base_url or _base_url(bucket, region, endpoint_url)
        # A session of its own: boto3's default one is not thread-safe for creating clients.
        self._client: S3Client = Session().client(
            "s3",
            region_name=region,
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            config=_config(is_amazon=endpoint_url is None),
        )

    def save(self, name: str, data: bytes) -> str:
        request: PutObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": check_name(name),
            "Body": data,
            "ContentType": content_type_of(name),
            "CacheControl": CACHE_CONTROL,
        }
        if self._acl:
            request["ACL"] = cast("ObjectCannedACLType", self._acl)
        with _storage_errors():
            self._client.put_object(**request)
        return self.url(name)

    def delete(self, names: Iterable[str]) -> None:
        keys = [check_name(name) for name in names]
        for start in range(0, len(keys), DELETE_BATCH):
            self._delete_batch(keys[start : start + DELETE_BATCH])

    def move(self, source: str, target: str, *, is_public: bool) -> None:
        request: CopyObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": check_name(target),
            "CopySource": {"Bucket": self._bucket, "Key": check_name(source)},
        }
        if self._acl:
            request["ACL"] = cast("ObjectCannedACLType", self._acl if is_public else "private")
        with _storage_errors():
            try:
                self._client.copy_object(**request)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _MISSING:
                    return
                raise
        self._delete_batch([source])

    def list_files(self) -> Iterator[tuple[str, int]]:
        """Yield name and size of every image."""
        pages = self._client.get_paginator("list_objects_v2")
        with _storage_errors():
            for page in pages.paginate(Bucket=self._bucket, Prefix="partners/"):
                yield from ((entry["Key"], entry["Size"]) for entry in page.get("Contents", []))

    def url(self, name: str) -> str:
        return f"{self._base_url.rstrip('/')}/{check_name(name)}"

    def _delete_batch(self, keys: list[str]) -> None:
        with _storage_errors():
            response = self._client.delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True},
            )
        if errors := response.get("Errors"):
            raise StorageError(f"S3 kept {len(errors)} objects: {errors[0].get('Code')}")


def _base_url(bucket: str, region: str, endpoint_url: str | None) -> str:
    if endpoint_url is not None:
        return f"{endpoint_url.rstrip('/')}/{bucket}"
    return f"https://{bucket}.s3.{region}.amazonaws.com"


def _config(*, is_amazon: bool) -> Config:
    """Limit waits (26 s at worst) and allow one connection for each of 64 threads.

    Services other than Amazon's often support neither bucket host names nor the new checksums.
    """
    return Config(
        connect_timeout=3,
        read_timeout=10,
        retries={"total_max_attempts": 2, "mode": "standard"},
        max_pool_connections=64,
        s3={"addressing_style": "virtual" if is_amazon else "path"},
        request_checksum_calculation="when_supported" if is_amazon else "when_required",
        response_checksum_validation="when_supported" if is_amazon else "when_required",
    )


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise StorageError(f"S3 refused: {code}") from error
    except BotoCoreError as error:
        raise StorageError(f"S3 could not be reached: {type(error).__name__}") from error
