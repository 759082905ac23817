"""Faults of the provider of images."""

from __future__ import annotations

from datetime import timedelta

from config.admin.attention import Severity, attention_count, count_some
from config.db.clock import database_now
from config.db.ids import first_id
from imaging.models import ImageOperation, ImageOperationQuerySet

_RECENT = timedelta(days=1)


@attention_count(
    one="operation refused by the provider in 24 hours: its key, quota or billing",
    many="operations refused by the provider in 24 hours: its key, quota or billing",
    url_name="admin:imaging_imageoperation_changelist",
    query="failure__exact=account",
    permission="imaging.view_imageoperation",
    severity=Severity.BAD,
)
def refused_by_provider() -> int:
    return count_some(_failed(ImageOperation.Failure.ACCOUNT))


@attention_count(
    one="operation failed in 24 hours because the provider was busy",
    many="operations failed in 24 hours because the provider was busy",
    url_name="admin:imaging_imageoperation_changelist",
    query="failure__exact=busy",
    permission="imaging.view_imageoperation",
)
def provider_busy() -> int:
    return count_some(_failed(ImageOperation.Failure.BUSY))


def _failed(failure: str) -> ImageOperationQuerySet:
    failed = ImageOperation.objects.of_live().filter(failure=failure)
    return failed.filter(pk__gte=first_id(database_now() - _RECENT))
