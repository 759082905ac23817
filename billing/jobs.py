"""Background work on payments, alerts and the ledger."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from billing.models import AlertThreshold, LedgerCheck, Purchase
from billing.services import check_ledger, reconcile_pending, send_low_balance_alerts
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.retention import delete_in_batches, integrity_check, retention_rule
from config.jobs.scheduler import periodic

_CHECKS_KEPT = timedelta(days=90)


@background_task
def reconcile_payments() -> None:
    reconcile_pending()


@periodic(seconds=30)
def enqueue_due_payments() -> None:
    """Leave the gateways to the worker: they may respond slowly."""
    if Purchase.objects.of_all().due_for_check().exists():
        enqueue_unless_full(reconcile_payments)


@background_task
def send_alerts() -> None:
    send_low_balance_alerts()


@periodic(seconds=60)
def enqueue_due_alerts() -> None:
    thresholds = AlertThreshold.objects.of_all()
    if thresholds.to_alert().exists() or thresholds.to_rearm().exists():
        enqueue_unless_full(send_alerts)


@integrity_check
def prove_ledger() -> None:
    check_ledger()


@retention_rule
def purge_ledger_checks() -> None:
    """Delete old results except the last one, which the admin shows at any age."""
    newest = LedgerCheck.objects.order_by("-at", "-pk").values("pk")[:1]
    delete_in_batches(
        LedgerCheck.objects.filter(at__lt=Now() - _CHECKS_KEPT).exclude(pk__in=newest)
    )
