"""How receivers did lately: success, latency, why they failed, and what they missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Window
from django.utils import timezone

from config.db.clock import database_now
from integrations.attempt_text import explain
from integrations.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReceiver,
)

PERIOD = timedelta(days=7)
#: From which success on, in percent, a receiver is called healthy.
_HEALTHY_FROM = 95
#: Causes of failures that are told apart, the latest.
_MOST_CAUSES = 5
#: How long an event is retried: attempts of the period may belong to events from before it.
_RETRIED = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Activity:
    """Attempts within the period; latencies are those of responses, in milliseconds."""

    attempts: int = 0
    succeeded: int = 0
    median: int | None = None
    p95: int | None = None
    last_at: datetime | None = None
    last_success_at: datetime | None = None

    @property
    def success_percent(self) -> float | None:
        """Round down, so that 100 means all."""
        if not self.attempts:
            return None
        return int(1000 * self.succeeded / self.attempts) / 10


@dataclass(frozen=True, slots=True)
class ReceiverSummary:
    """`missed` are events that failed or wait for a retry; it `is_gone` after a 410."""

    receiver: WebhookReceiver
    missed: int
    is_default: bool
    is_gone: bool
    activity: Activity = field(default_factory=Activity)

    @property
    def status(self) -> str:
        if self.receiver.disabled_at:
            return "disabled"
        return "failing" if self.receiver.failing_since else "active"

    @property
    def health(self) -> str:
        """The status for pages, where it stands beside the success: an active receiver is
        "healthy", "unreliable", "failing" if nothing succeeded, or "idle"."""
        if self.status != "active":
            return self.status
        percent = self.activity.success_percent
        if percent is None:
            return "idle"
        if not self.activity.succeeded:
            return "failing"
        return "healthy" if percent >= _HEALTHY_FROM else "unreliable"


@dataclass(frozen=True, slots=True)
class Failure:
    """The attempts that failed for one reason; `last` is the latest, with its delivery."""

    attempts: int
    last: WebhookAttempt

    @property
    def explanation(self) -> str:
        return explain(self.last.status, self.last.error)


def read_failures(receiver: WebhookReceiver) -> list[Failure]:
    """Return the failures of the period by reason, the latest first, in one query.

    The period of a disabled receiver ends when it was disabled.
    """
    since = (receiver.disabled_at or timezone.now()) - PERIOD
    attempts = WebhookAttempt.objects.of(receiver.partner_id).filter(
        at__gte=since,
        delivery__endpoint__url=receiver.url,
        delivery__created_at__gte=since - _RETRIED,
    )
    failed = attempts.exclude(status__range=(200, 299)).annotate(
        alike=Window(Count("pk"), partition_by=["status", "error"])
    )
    latest = failed.order_by("status", "error", "-at", "-pk").distinct("status", "error")
    found = latest.select_related("delivery").defer("delivery__body")
    failures = [Failure(attempt.alike, attempt) for attempt in found]
    return sorted(failures, key=lambda each: each.last.at, reverse=True)[:_MOST_CAUSES]


def summarize(partner_id: str, receivers: Sequence[WebhookReceiver]) -> list[ReceiverSummary]:
    """Return the summaries in the same order, in a fixed number of queries."""
    urls = [receiver.url for receiver in receivers]
    activity = _read_activity(partner_id, [receiver.pk for receiver in receivers])
    missed = _count_missed(partner_id, urls)
    endpoints = WebhookEndpoint.objects.of(partner_id)
    default = endpoints.default().values_list("url", flat=True).first()
    gone = endpoints.exclude(gone_at=None).filter(url__in=urls).order_by()
    gone_urls = set(gone.values_list("url", flat=True).distinct())
    return [
        ReceiverSummary(
            receiver,
            missed.get(receiver.url, 0),
            receiver.url == default,
            receiver.url in gone_urls,
            activity.get(receiver.pk, Activity()),
        )
        for receiver in receivers
    ]


def _count_missed(partner_id: str, urls: list[str]) -> dict[str, int]:
    mine = WebhookDelivery.objects.of(partner_id)
    # Two queries, each along an index of its own.
    counts: dict[str, int] = {}
    for rows in (mine.failed(), mine.waiting_for_retry()):
        of_urls = rows.wanted().filter(endpoint__url__in=urls).order_by()
        for each in of_urls.values("endpoint__url").annotate(number=Count("pk")):
            url = each["endpoint__url"]
            counts[url] = counts.get(url, 0) + each["number"]
    return counts


def _read_activity(partner_id: str, receivers: list[str]) -> dict[str, Activity]:
    since = database_now() - PERIOD
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, count(*), count(*) FILTER (WHERE a.status BETWEEN 200 AND 299),
                   percentile_disc(0.5) WITHIN GROUP (ORDER BY a.milliseconds)
                       FILTER (WHERE a.status IS NOT NULL),
                   percentile_disc(0.95) WITHIN GROUP (ORDER BY a.milliseconds)
                       FILTER (WHERE a.status IS NOT NULL),
                   max(a.at), max(a.at) FILTER (WHERE a.status BETWEEN 200 AND 299)
            FROM integrations_webhookdelivery d
            JOIN integrations_webhookendpoint e
              ON e.partner_id = d.partner_id AND e.id = d.endpoint_id
            JOIN integrations_webhookreceiver r
              ON r.partner_id = d.partner_id AND md5(r.url) = md5(e.url)
            JOIN integrations_webhookattempt a
              ON a.partner_id = d.partner_id AND a.delivery_id = d.id
            WHERE d.partner_id = %(partner)s AND d.created_at >= %(oldest)s
              AND r.id = ANY (%(receivers)s) AND a.at >= greatest(%(since)s, r.created_at)
            GROUP BY r.id
            """,
            {
                "partner": partner_id,
                "oldest": since - _RETRIED,
                "since": since,
                "receivers": receivers,
            },
        )
        rows = cursor.fetchall()
    return {receiver: Activity(*figures) for receiver, *figures in rows}
