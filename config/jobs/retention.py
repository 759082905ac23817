"""Hourly work of the worker: prove that the points are all there, forget what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import AutoLoginLink, IdempotencyRecord, RequestLog
from billing.models import LedgerCheck
from billing.services import check_ledger
from config.db.ids import first_id
from integrations.models import WebhookDelivery

#: Few enough to be deleted well within the statement's time.
_BATCH = 5_000
_LINKS_KEPT = timedelta(days=30)
_CHECKS_KEPT = timedelta(days=90)


def run() -> None:
    """All of it; running it twice changes nothing. The proof comes first: nothing may stop it."""
    check_ledger()
    forget_old_records()


def forget_old_records() -> None:
    """Everything that is kept for a time only, as the settings or the constants above say."""
    forget_calls()
    forget_webhooks()
    forget_links()
    forget_checks()
    forget_sessions()


def forget_calls() -> None:
    """Request log lines after `REQUEST_LOG_DAYS`, kept answers after `IDEMPOTENCY_HOURS`."""
    log_age = timedelta(days=settings.REQUEST_LOG_DAYS)
    _delete(RequestLog.objects.filter(at__lt=Now() - log_age))
    answer_age = timedelta(hours=settings.IDEMPOTENCY_HOURS)
    _delete(IdempotencyRecord.objects.filter(created_at__lt=Now() - answer_age))


def forget_webhooks() -> None:
    """Events and their attempts `WEBHOOK_LOG_DAYS` after they ended.

    Those of a stream go when all of them have ended: the next one's place follows from the last.
    """
    age = timedelta(days=settings.WEBHOOK_LOG_DAYS)
    of_stream = WebhookDelivery.objects.filter(stream=OuterRef("stream"))
    still_needed = of_stream.exclude(ended_at__lt=Now() - age)
    old = _made_before(WebhookDelivery.objects.all(), age)
    _delete(old.filter(~Exists(still_needed), ended_at__lt=Now() - age))


def forget_links() -> None:
    """Auto-login links some time after nobody could use them any more."""
    old = _made_before(AutoLoginLink.objects.all(), _LINKS_KEPT)
    _delete(old.filter(expires_at__lt=Now() - _LINKS_KEPT))


def forget_checks() -> None:
    """Old results of the proof, but never the last one."""
    newest = LedgerCheck.objects.order_by("-at", "-pk").values("pk")[:1]
    _delete(LedgerCheck.objects.filter(at__lt=Now() - _CHECKS_KEPT).exclude(pk__in=newest))


def forget_sessions() -> None:
    """Sessions that ended, and what people see of them in their list of devices."""
    _delete(Session.objects.filter(expire_date__lt=Now()))
    of_device = Session.objects.filter(session_key=OuterRef("session_key"))
    _delete(UserSession.objects.filter(~Exists(of_device)))


def _made_before(rows: QuerySet[Any], age: timedelta) -> QuerySet[Any]:
    """What may be so old: the ids tell, and no index the end, which would make each row dearer."""
    return rows.filter(pk__lt=first_id(timezone.now() - age))


def _delete(rows: QuerySet[Any]) -> None:
    while ids := list(rows.values_list("pk", flat=True)[:_BATCH]):
        rows.filter(pk__in=ids).delete()
