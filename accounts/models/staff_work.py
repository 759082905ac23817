"""What staff note and decide about partners, and when they looked at a dashboard."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models.partner import Partner
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class PartnerNote(models.Model):
    """A note of staff about a partner, which the partner does not see."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="notes", db_index=False)
    author = models.CharField(max_length=254, help_text="Email address of the staff member.")
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "note"
        indexes: ClassVar = [
            models.Index(fields=("partner", "-created_at", "-id"), name="note_of_partner")
        ]

    def __str__(self) -> str:
        return f"Note by {self.author}"


class LiveAccessRequestQuerySet(OwnedQuerySet["LiveAccessRequest"]):
    def waiting(self) -> Self:
        return self.filter(state=LiveAccessRequest.State.WAITING)


class LiveAccessRequest(models.Model):
    """A partner's request for live keys, and what staff decided."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting")
        APPROVED = "approved", gettext_lazy("Approved")
        DECLINED = "declined", gettext_lazy("Declined")

    id = IdField()
    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="live_access_requests", db_index=False
    )
    requested_by = models.CharField(max_length=254, help_text="Email address of the member.")
    website = models.URLField(max_length=300)
    purpose = models.TextField(max_length=2000, help_text="What the partner builds.")
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=254, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Sent to the partner.")

    objects = LiveAccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "request for live access"
        verbose_name_plural = "requests for live access"
        indexes: ClassVar = [
            models.Index(fields=("partner", "-created_at", "-id"), name="live_request_of_partner"),
            models.Index(fields=("id",), condition=Q(state="waiting"), name="live_request_waiting"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("partner",),
                condition=Q(state="waiting"),
                name="live_request_waiting_once_per_partner",
            )
        ]

    def __str__(self) -> str:
        return f"Live access for {self.partner_id}"


class PartnerViewingQuerySet(OwnedQuerySet["PartnerViewing"]):
    def open(self) -> Self:
        return self.filter(ended_at=None, ends_at__gt=Now())


class PartnerViewing(models.Model):
    """A staff member's read-only look at a partner's dashboard."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="viewings", db_index=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_page = models.CharField(
        max_length=500, blank=True, help_text="A page that refreshes itself is recorded once."
    )

    objects = PartnerViewingQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = "dashboard viewing"
        indexes: ClassVar = [models.Index(fields=("partner", "-id"), name="viewing_of_partner")]

    def __str__(self) -> str:
        return f"{self.staff_id} at {self.partner_id}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.ends_at > timezone.now()

    @property
    def minutes_left(self) -> int:
        """Rounded up."""
        return max(0, -(-int((self.ends_at - timezone.now()).total_seconds()) // 60))
