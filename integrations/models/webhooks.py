"""The webhook outbox: events with their exact bytes, and all attempts to deliver them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Partner
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet
from integrations.attempt_text import translate_reason
from integrations.models.endpoints import WebhookEndpoint

#: Pending and first in its stream, whether due yet or not.
_DUE = Q(state="pending", due_at__isnull=False)


@dataclass(frozen=True, slots=True)
class WebhookHealth:
    """Events by state; `retrying` are pending after at least one failed attempt.

    `failed_today` counts those of `failed` whose last attempt was in the last 24 hours.
    """

    delivered: int
    retrying: int
    waiting: int
    failed: int
    failed_today: int

    @property
    def pending(self) -> int:
        return self.retrying + self.waiting

    @property
    def total(self) -> int:
        return self.delivered + self.pending + self.failed


class WebhookDeliveryQuerySet(OwnedQuerySet["WebhookDelivery"]):
    def pending(self) -> Self:
        return self.filter(state=WebhookDelivery.State.PENDING)

    def failed(self) -> Self:
        return self.filter(state=WebhookDelivery.State.FAILED)

    def waiting_for_retry(self) -> Self:
        """Filter those whose last attempt failed, but not one in progress."""
        tried = self.pending().filter(attempts_made__gt=0, due_at__isnull=False)
        return tried.filter(lease_until=None)

    def wanted(self) -> Self:
        """Filter out what no receiver wants any more: tests, and copies for a former default."""
        kind = WebhookEndpoint.Kind
        return self.exclude(endpoint__kind__in=(kind.TEST, kind.REMOVED))

    def to_receiver(self, receiver: str) -> Self:
        """Filter by a complete URL or by a host name."""
        starts = (f"{scheme}://{receiver}{end}" for scheme in ("https", "http") for end in "/:?")
        of_host = Q()
        for start in starts:
            of_host |= Q(endpoint__url__startswith=start)
        hosts_alone = (f"https://{receiver}", f"http://{receiver}")
        return self.filter(of_host | Q(endpoint__url__in=(receiver, *hosts_alone)))

    def with_last_attempt(self) -> Self:
        """Prefetch `last_attempts`, a list of the newest attempt, in one query."""
        newest_first = WebhookAttempt.objects.of_all().order_by("delivery_id", "-at", "-id")
        newest = newest_first.distinct("delivery_id").defer("response_body")
        return self.prefetch_related(Prefetch("attempts", newest, to_attr="last_attempts"))

    def read_health(self, since: datetime) -> WebhookHealth:
        """Count the events created since then, in one query."""
        state = WebhookDelivery.State
        today = timezone.now() - timedelta(days=1)
        counts = self.filter(created_at__gte=since).aggregate(
            delivered=Count("pk", Q(state=state.DELIVERED)),
            retrying=Count("pk", Q(state=state.PENDING, attempts_made__gt=0)),
            waiting=Count("pk", Q(state=state.PENDING, attempts_made=0)),
            failed=Count("pk", Q(state=state.FAILED)),
            failed_today=Count("pk", Q(state=state.FAILED, ended_at__gte=today)),
        )
        return WebhookHealth(**counts)


class WebhookDelivery(models.Model):
    """An event for one endpoint. Its id is the `webhook-id` of every attempt.

    An endpoint gets the events of a stream (a deployment or an image operation) in the order of
    `position`: each is due only after the one before has ended. `lease_until` identifies an attempt
    in progress; `due_at` has the same value, at which the attempt is considered lost and the event
    is due again.
    """

    class State(models.TextChoices):
        PENDING = "pending", gettext_lazy("Pending")
        DELIVERED = "delivered", gettext_lazy("Delivered")
        FAILED = "failed", gettext_lazy("Failed")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, related_name="deliveries", db_index=False
    )
    stream = models.CharField(max_length=24, db_collation="C")
    position = models.PositiveSmallIntegerField()
    event = models.CharField(max_length=40)
    body = models.BinaryField(help_text="The bytes that are signed and sent.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(
        null=True, help_text="Empty until the previous delivery of its stream has ended."
    )
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=("partner", "-created_at", "-id"), name="delivery_of_partner"),
            models.Index(
                fields=("partner", "-created_at", "-id"),
                condition=Q(state="failed"),
                name="delivery_failed_of_partner",
            ),
            models.Index(fields=("id",), condition=Q(state="failed"), name="delivery_failed"),
            models.Index(fields=("due_at",), condition=_DUE, name="delivery_due"),
            models.Index(fields=("partner", "due_at"), condition=_DUE, name="delivery_partner_due"),
            models.Index(
                fields=("partner",),
                condition=Q(state="pending", lease_until__isnull=False),
                name="delivery_under_way",
            ),
            # By which retention finds the events that keep their month.
            BrinIndex(fields=("ended_at",), name="delivery_by_end", autosummarize=True),
        ]
        # The table is partitioned by id, and this an index of every partition. Positions in a
        # stream, which may have events of several months, are given under its lock.
        constraints = [
            models.UniqueConstraint(
                fields=("stream", "endpoint", "position"), name="delivery_once_per_endpoint"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"

    @property
    def can_be_sent(self) -> bool:
        """Whether it can be sent now: not while earlier ones of its stream are pending, and not
        once its account was deleted."""
        if self.state == self.State.PENDING:
            return self.due_at is not None and self.lease_until is None
        return self.state != self.State.CANCELLED

    @property
    def is_of_image(self) -> bool:
        """Whether the stream is an image operation, not a deployment."""
        return self.event.startswith("image.")

    @property
    def is_of_alert(self) -> bool:
        return self.event.startswith("alert.")


class WebhookAttempt(models.Model):
    """One attempt: the receiver's response, or the reason why there was none.

    Its id is `id_beside` that of its event: both are in the same partition.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=100, blank=True)
    milliseconds = models.PositiveIntegerField()
    response_body = models.TextField(blank=True, help_text="The first 2 KB.")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=("-at", "-id"), name="webhook_attempt_by_time")]

    def __str__(self) -> str:
        return str(self.status or self.error)

    @property
    def shown_error(self) -> str:
        """Why there was no response, in the reader's language."""
        return translate_reason(self.error)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
