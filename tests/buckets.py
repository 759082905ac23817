"""Buckets of the fake S3 that the tests share."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION: Literal["ap-south-1"] = "ap-south-1"
KEYS = {"access_key_id": "testing", "secret_access_key": "testing"}
_numbers = itertools.count()


def create_bucket(client: S3Client, prefix: str) -> str:
    """Create a bucket and return its name."""
    name = f"{prefix}-{next(_numbers)}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name
