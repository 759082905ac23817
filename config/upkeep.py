"""Hourly work of the worker: prove that the points are all there, forget what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import IdempotencyRecord, RequestLog
from billing.services import check_ledger

#: Few enough to be deleted well within the statement's time.
_BATCH = 5_000


def run() -> None:
    """All of it; running it twice changes nothing. The proof comes first: nothing may stop it."""
    check_ledger()
    forget_old_records()


def forget_old_records() -> None:
    """Request log lines after `REQUEST_LOG_DAYS`, kept answers after `IDEMPOTENCY_HOURS`."""
    log_age = timedelta(days=settings.REQUEST_LOG_DAYS)
    _delete(RequestLog.objects.filter(at__lt=Now() - log_age))
    answer_age = timedelta(hours=settings.IDEMPOTENCY_HOURS)
    _delete(IdempotencyRecord.objects.filter(created_at__lt=Now() - answer_age))


def _delete(rows: QuerySet[Any]) -> None:
    while ids := list(rows.values_list("pk", flat=True)[:_BATCH]):
        rows.model._default_manager.filter(pk__in=ids).delete()
