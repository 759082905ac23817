"""Background work on payments, alerts, the ledger and statements."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from billing.ledger_state import is_check_due
from billing.models import AlertThreshold, LedgerCheck, Purchase
from billing.services import (
    check_new_entries,
    has_due_statements,
    issue_statements,
    lapse_approvals,
    read_recent_payouts,
    reconcile_disputes,
    reconcile_pending,
    report_ledger_state,
    send_low_balance_alerts,
    watched_gateways,
)
from config.db.clock import database_now
from config.jobs.commands import start_command
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.retention import delete_in_batches, retention_rule
from config.jobs.scheduler import periodic

_CHECKS_KEPT = timedelta(days=90)
#: Well below the time after which the worker ends a task.
_SECONDS = 100.0
#: In UTC: night in India.
_FULL_CHECK_HOUR = 21


@background_task
def reconcile_payments() -> None:
    reconcile_pending()


@periodic(seconds=30)
def enqueue_due_payments() -> None:
    """Leave the gateways to the worker: they may respond slowly."""
    if Purchase.objects.of_all().due_for_check().exists():
        enqueue_unless_full(reconcile_payments)


@background_task
def check_disputes() -> None:
    reconcile_disputes()


@periodic(seconds=3600)
def enqueue_dispute_check() -> None:
    if watched_gateways():
        enqueue_unless_full(check_disputes)


@background_task
def read_payouts_of_week() -> None:
    read_recent_payouts()


@periodic(seconds=3600)
def enqueue_payouts() -> None:
    enqueue_unless_full(read_payouts_of_week)


@background_task
def send_alerts() -> None:
    send_low_balance_alerts()


@periodic(seconds=60)
def enqueue_due_alerts() -> None:
    thresholds = AlertThreshold.objects.of_all()
    if thresholds.to_alert().exists() or thresholds.to_rearm().exists():
        enqueue_unless_full(send_alerts)


@background_task
def check_new_ledger_entries() -> None:
    """A check that runs out of time is still due, and continues a minute later."""
    if is_check_due():
        check_new_entries(seconds=_SECONDS)


@periodic(seconds=60)
def enqueue_due_ledger_check() -> None:
    if is_check_due():
        enqueue_unless_full(check_new_ledger_entries)


@periodic(seconds=60)
def alert_staff() -> None:
    """Here rather than in the worker, without which no check is made."""
    report_ledger_state()


@periodic(seconds=3600)
def start_full_ledger_check() -> None:
    """Check the whole ledger every night, in a process that may take as long as it needs."""
    now = database_now()
    tonight = now.replace(hour=_FULL_CHECK_HOUR, minute=0, second=0, microsecond=0)
    due_since = tonight if tonight <= now else tonight - timedelta(days=1)
    if not LedgerCheck.objects.full().filter(at__gte=due_since).exists():
        start_command("check_ledger")


@background_task
def issue_due_statements() -> None:
    issue_statements(seconds=_SECONDS)


@periodic(seconds=600)
def enqueue_due_statements() -> None:
    if has_due_statements():
        enqueue_unless_full(issue_due_statements)


@periodic(seconds=3600)
def end_lapsed_approvals() -> None:
    lapse_approvals()


@retention_rule
def purge_ledger_checks() -> None:
    """Delete old results except the last one, which the admin shows at any age."""
    newest = LedgerCheck.objects.order_by("-at", "-pk").values("pk")[:1]
    delete_in_batches(
        LedgerCheck.objects.filter(at__lt=Now() - _CHECKS_KEPT).exclude(pk__in=newest)
    )
