"""Alerts that were sent, who gets them, and the limits of a company."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.partner import Member, Partner
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class AlertQuerySet(OwnedQuerySet["Alert"]):
    def open(self) -> Self:
        """Filter those whose cause has not ended."""
        return self.filter(recovered_at=None)


class Alert(models.Model):
    """What an alert reported; while it is open, its cause is not reported again.

    Written in the transaction that adds its emails and webhook events to their outboxes.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(
        max_length=120, help_text="What it is about: once open for each, such as a key or a day."
    )
    facts = models.JSONField(help_text="Its figures, as the webhook event has them.")
    recipients = ArrayField(
        models.CharField(max_length=24),
        help_text="Ids of the members that it was emailed to; their addresses may change.",
    )
    raised_at = models.DateTimeField(default=timezone.now)
    recovered_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("-raised_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=("partner", "-raised_at", "-id"), name="alert_of_partner"),
            models.Index(fields=("kind",), condition=Q(recovered_at=None), name="alert_open"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("partner", "kind", "subject"),
                condition=Q(recovered_at=None),
                name="alert_open_once_per_subject",
            )
        ]

    def __str__(self) -> str:
        return self.pk


class AlertPreference(models.Model):
    """A member's own choice for a kind of alert; without one, the role decides.

    Without a member it is the choice for the further address of the kind, such as the billing
    email.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    is_on = models.BooleanField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("partner", "member", "kind"), name="alert_preference_once"
            ),
            models.UniqueConstraint(
                fields=("partner", "kind"),
                condition=Q(member=None),
                name="alert_preference_once_without_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {'on' if self.is_on else 'off'}"


class AlertLimit(models.Model):
    """From which value on a kind of alert is raised for a company, instead of the default."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    value = models.PositiveIntegerField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("partner", "kind"), name="alert_limit_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
