"""Periodic work on accounts: retention rules, and a watch on look-ups."""

from __future__ import annotations

from datetime import timedelta

import structlog
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Now

from accounts.models import (
    Account,
    Alert,
    ApiKey,
    AutoLoginLink,
    Environment,
    IdempotencyRecord,
    KeyActivity,
    RefusedCalls,
    RequestLog,
    SecurityEvent,
)
from accounts.services.alerts import check_alerts
from accounts.services.sandbox_accounts import delete_old_test_accounts
from accounts.services.sign_ups import delete_unconfirmed_sign_ups
from config.db.clock import database_now
from config.db.ids import first_id
from config.db.logs import keys_for_log, log_alias
from config.db.partitions import drop_partitions, read_partitions, register_partitioned
from config.jobs.queue import background_task, enqueue_unless_full
from config.jobs.retention import created_before, delete_in_batches, retention_rule
from config.jobs.scheduler import periodic

log = structlog.get_logger(__name__)

[REQUEST_LOG] = register_partitioned("accounts_requestlog", alias=log_alias)
_LINKS_KEPT = timedelta(days=30)
_LOOKUP = "/api/v2/third-party/isAccountCreated"
#: The job runs once an hour.
_WATCHED = timedelta(hours=1)
_MANY_LOOKUPS = 500
_LOOKUPS_PER_ACCOUNT = 20
_REFUSALS_KEPT = timedelta(days=7)
#: Longer than the advice on keys looks back.
_ACTIVITY_KEPT = timedelta(days=40)
_EVENTS_KEPT = timedelta(days=90)
_ALERTS_KEPT = timedelta(days=400)


@background_task
def watch_account_lookups() -> None:
    """Warn staff of partners that look accounts up and hardly create any.

    `isAccountCreated` tells whether any partner has an account with an address or number.
    """
    since = Now() - _WATCHED
    lookups = RequestLog.objects.of_all().filter(at__gt=since, path__startswith=_LOOKUP, status=200)
    counts = lookups.values("partner_id").annotate(lookups=Count("pk"))
    for row in counts.filter(lookups__gte=_MANY_LOOKUPS):
        partner_id = row["partner_id"]
        # A test key looks at the accounts of its sandbox only.
        tests = ApiKey.objects.of(partner_id).filter(environment=Environment.MANAGEMENT_TEST)
        number = lookups.filter(partner=partner_id).exclude(key__in=keys_for_log(tests)).count()
        created = Account.objects.of(partner_id).filter(created_at__gt=since).count()
        if number >= _MANY_LOOKUPS and created * _LOOKUPS_PER_ACCOUNT < number:
            log.warning(
                "many account lookups, few accounts",
                partner_id=partner_id,
                lookups=number,
                created=created,
            )


@periodic(seconds=3600)
def enqueue_watch() -> None:
    enqueue_unless_full(watch_account_lookups)


@background_task
def check_all_alerts() -> None:
    check_alerts()


@periodic(seconds=300)
def enqueue_alert_check() -> None:
    enqueue_unless_full(check_all_alerts)


@retention_rule
def purge_alerts() -> None:
    """Keep a little more than a year; what is open stays, so that it is not raised again."""
    delete_in_batches(
        created_before(Alert.objects.of_all(), _ALERTS_KEPT).exclude(recovered_at=None)
    )


@retention_rule
def purge_request_log() -> None:
    """Drop whole months. Rows go one by one only from the first partition, which has rows from
    before there were partitions, until it is dropped too."""
    before = database_now() - timedelta(days=settings.REQUEST_LOG_DAYS)
    drop_partitions(REQUEST_LOG, first_id(before))
    first = read_partitions(REQUEST_LOG)[0]
    without = RequestLog.objects.of_all().filter(pk__lt=first.lower or first.upper)
    delete_in_batches(without.filter(at__lt=before))


@retention_rule
def purge_refused_calls() -> None:
    delete_in_batches(created_before(RefusedCalls.objects.of_all(), _REFUSALS_KEPT))


@retention_rule
def purge_key_activity() -> None:
    delete_in_batches(KeyActivity.objects.of_all().filter(last_at__lt=Now() - _ACTIVITY_KEPT))


@retention_rule
def purge_idempotency_records() -> None:
    age = timedelta(hours=settings.IDEMPOTENCY_HOURS)
    delete_in_batches(IdempotencyRecord.objects.of_all().filter(created_at__lt=Now() - age))


@retention_rule
def purge_auto_login_links() -> None:
    """Keep links for a while after they expire: partners look up links that did not work."""
    old = created_before(AutoLoginLink.objects.of_all(), _LINKS_KEPT)
    delete_in_batches(old.filter(expires_at__lt=Now() - _LINKS_KEPT))


@retention_rule
def purge_security_events() -> None:
    """Delete users' own histories after a while; the audit trail keeps its entries."""
    delete_in_batches(created_before(SecurityEvent.objects.all(), _EVENTS_KEPT))


@retention_rule
def purge_test_accounts() -> None:
    delete_old_test_accounts()


@retention_rule
def purge_unconfirmed_sign_ups() -> None:
    delete_unconfirmed_sign_ups()


@retention_rule
def purge_sessions() -> None:
    """Delete expired sessions and their entries in users' lists of sessions."""
    delete_in_batches(Session.objects.filter(expire_date__lt=Now()))
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    delete_in_batches(UserSession.objects.filter(~Exists(session)))
