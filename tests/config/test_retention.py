"""Retention: what is purged, and what stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.jobs import purge_auto_login_links, purge_sessions
from accounts.models import Account, AutoLoginLink, Partner
from accounts.services.accounts import create_account
from billing.jobs import purge_ledger_checks
from billing.models import LedgerCheck
from config.db.ids import id_beside, id_of
from config.jobs import retention
from config.jobs.retention import run_retention
from config.pages.sessions import SessionStore
from integrations.jobs import purge_webhooks
from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.billing.operations import admission_of
from tests.factories import Keys, PartnerFactory, partner_with_keys
from tests.merchants import merchant
from tests.plans import plan_for_large_tables
from tests.users import create_user

pytestmark = pytest.mark.django_db

State = WebhookDelivery.State


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def delivery(
    partner: Partner, stream: str, position: int, state: str, ended_at: datetime | None
) -> WebhookDelivery:
    """An event made 200 days ago, with one attempt."""
    endpoint = WebhookEndpoint.objects.create(partner=partner, url="http://127.0.0.1:9/")
    made = WebhookDelivery.objects.create(
        id=id_of(days_ago(200)),
        partner=partner,
        endpoint=endpoint,
        stream=stream,
        position=position,
        event="website.building",
        body=b"{}",
        state=state,
        created_at=days_ago(200),
        ended_at=ended_at,
    )
    WebhookAttempt.objects.create(
        id=id_beside(made.pk), partner=partner, delivery=made, at=days_ago(200), milliseconds=1
    )
    return made


def test_events_and_attempts_are_purged_after_the_setting(settings: Any) -> None:
    settings.WEBHOOK_LOG_DAYS = 30
    partner = PartnerFactory.create()
    delivery(partner, "old-1", 1, State.DELIVERED, days_ago(31))
    delivery(partner, "old-2", 1, State.FAILED, days_ago(40))
    delivery(partner, "old-3", 1, State.CANCELLED, days_ago(40))
    young = delivery(partner, "young", 1, State.DELIVERED, days_ago(29))
    pending = delivery(partner, "pending", 1, State.PENDING, None)

    run_retention()

    assert set(WebhookDelivery.objects.all()) == {young, pending}
    assert WebhookAttempt.objects.count() == 2


def test_an_ended_event_stays_until_its_stream_has_ended() -> None:
    partner = PartnerFactory.create()
    first = delivery(partner, "stream", 1, State.FAILED, days_ago(100))
    second = delivery(partner, "stream", 2, State.PENDING, None)

    purge_webhooks()
    assert set(WebhookDelivery.objects.all()) == {first, second}

    WebhookDelivery.objects.filter(pk=second.pk).update(
        state=State.DELIVERED, ended_at=days_ago(91)
    )
    purge_webhooks()
    assert not WebhookDelivery.objects.exists()


def test_old_rows_are_found_by_id() -> None:
    with connection.cursor() as cursor:
        plan_for_large_tables(cursor)
    with CaptureQueriesContext(connection) as captured:
        purge_webhooks()
        purge_auto_login_links()
    with connection.cursor() as cursor:
        deletions = [query for query in captured if ' FROM "' in query["sql"]]
        assert len(deletions) == 2
        for query in deletions:
            cursor.execute(f"EXPLAIN {query['sql']}")
            assert "Index Cond: ((id)::text < " in str(cursor.fetchall())


def test_links_are_purged_a_month_after_they_expired() -> None:
    keys = partner_with_keys()
    account = account_of(keys)

    def link(expired: float) -> AutoLoginLink:
        return AutoLoginLink.objects.create(
            id=id_of(days_ago(expired)),
            partner=keys.partner,
            account=account,
            key=keys.key("management"),
            expires_at=days_ago(expired),
        )

    link(31)
    kept = {link(29), link(-7)}

    run_retention()

    assert set(AutoLoginLink.objects.all()) == kept
    assert Account.objects.exists()


def account_of(keys: Keys) -> Account:
    body = merchant(1)
    body["mobileNumber"]["countryCode"] = 91
    return create_account(admission=admission_of(keys, "management"), values=body)


def test_ledger_check_results_are_purged_except_the_last() -> None:
    for days in (200, 100, 95):
        LedgerCheck.objects.create(ok=True, buckets=days)
    for check in LedgerCheck.objects.all():
        LedgerCheck.objects.filter(pk=check.pk).update(at=days_ago(check.buckets))

    purge_ledger_checks()
    assert LedgerCheck.objects.get().buckets == 95

    LedgerCheck.objects.create(ok=True, buckets=1)
    purge_ledger_checks()
    assert LedgerCheck.objects.get().buckets == 1


def test_expired_sessions_are_purged_with_their_list_entries() -> None:
    user = create_user(None)

    def session(days: float) -> str:
        store = SessionStore()
        store.create()
        key = str(store.stored_key)
        Session.objects.filter(pk=key).update(expire_date=days_ago(-days))
        UserSession.objects.create(user=user, session_key=key, ip="::1", user_agent="Browser")
        return key

    session(-1)
    open_one = session(1)
    UserSession.objects.create(user=user, session_key="x" * 32, ip="::1", user_agent="Gone")

    purge_sessions()

    assert Session.objects.get().pk == open_one
    assert UserSession.objects.get().session_key == open_one


def test_all_batches_are_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    partner = PartnerFactory.create()
    for number in range(5):
        delivery(partner, f"old-{number}", 1, State.FAILED, days_ago(100))

    purge_webhooks()

    assert not WebhookDelivery.objects.exists()


def test_a_rule_that_fails_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def purge_nothing() -> None:
        raise ValueError("broken")

    monkeypatch.setattr(retention, "_rules", [purge_nothing, lambda: done.append("next")])

    run_retention()

    assert done == ["next"]
    assert caplog.text.count("hourly task failed") == 1
