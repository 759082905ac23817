"""Hourly work of the worker: forget what is old, prove that the points are all there."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from accounts.models import IdempotencyRecord, RequestLog
from billing.services import check_ledger


def run() -> None:
    """All of it; running it twice changes nothing."""
    forget_old_records()
    check_ledger()


def forget_old_records() -> None:
    """Request log lines after `REQUEST_LOG_DAYS`, kept answers after `IDEMPOTENCY_HOURS`."""
    log_age = timedelta(days=settings.REQUEST_LOG_DAYS)
    RequestLog.objects.filter(at__lt=Now() - log_age).delete()
    answer_age = timedelta(hours=settings.IDEMPOTENCY_HOURS)
    IdempotencyRecord.objects.filter(created_at__lt=Now() - answer_age).delete()
