"""Faults of the provider of images."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from config.admin.attention import Severity, attention_rows
from config.db.clock import database_now
from config.db.ids import first_id
from imaging.models import ImageOperation, ImageOperationQuerySet

_RECENT = timedelta(days=1)


@attention_rows(
    ImageOperation,
    one="operation refused by the provider in 24 hours: its key, quota or billing",
    many="operations refused by the provider in 24 hours: its key, quota or billing",
    permission="imaging.view_imageoperation",
    severity=Severity.BAD,
)
def refused_by_provider() -> QuerySet[Any]:
    return _failed(ImageOperation.Failure.ACCOUNT)


@attention_rows(
    ImageOperation,
    one="operation failed in 24 hours because the provider was busy",
    many="operations failed in 24 hours because the provider was busy",
    permission="imaging.view_imageoperation",
)
def provider_busy() -> QuerySet[Any]:
    return _failed(ImageOperation.Failure.BUSY)


def _failed(failure: str) -> ImageOperationQuerySet:
    failed = ImageOperation.objects.of_live().filter(failure=failure).exclude(charge=None)
    return failed.filter(pk__gte=first_id(database_now() - _RECENT))
