"""The outbox: events with their exact bytes, and every attempt to deliver them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Partner
from config.fields import IdField
from config.sealed import SealedModel


class WebhookEndpoint(SealedModel):
    """Where a stream of events goes, and the secret that signs them ("" for none)."""

    sealed_fields = ("secret",)

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    url = models.TextField()
    secret = models.TextField(help_text="Encrypted.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-created_at"), name="webhook_endpoint_of_partner")
        ]

    def __str__(self) -> str:
        return self.url


#: Pending and next in its stream, whether its time has come or not.
_DUE = Q(state="pending", due_at__isnull=False)


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def pending(self) -> Self:
        return self.filter(state=WebhookDelivery.State.PENDING)


class WebhookDelivery(models.Model):
    """One event for one receiver. Its id is the `webhook-id` of every attempt.

    Deliveries of one stream (a deployment) go out in the order of `position`: one is not due
    before the one before it has ended. While an attempt is under way, `lease_until` names it,
    and `due_at` is the same moment: then it counts as lost and the event is due again.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Given up"
        CANCELLED = "cancelled", "Cancelled"

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
        null=True, help_text="Empty while the one before it in its stream has not ended."
    )
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=("partner", "-created_at", "-id"), name="delivery_of_partner"),
            models.Index(fields=("due_at",), condition=_DUE, name="delivery_due"),
            models.Index(fields=("partner", "due_at"), condition=_DUE, name="delivery_partner_due"),
            models.Index(
                fields=("partner",),
                condition=Q(state="pending", lease_until__isnull=False),
                name="delivery_under_way",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=("stream", "position"), name="delivery_once_per_event")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"


class WebhookAttempt(models.Model):
    """One try: what the receiver answered, or why there was no answer."""

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=100, blank=True)
    milliseconds = models.PositiveIntegerField()
    answer = models.TextField(blank=True, help_text="The first 2 KB.")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.at:%Y-%m-%d %H:%M:%S}"
