"""Operations of the Image API: one row per authorized call."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import ApiKey, Partner
from billing.models import Charge, LedgerEntry, OperationPrice
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet
from config.db.references import Referenced, by_external_id
from integrations.models import WebhookEndpoint


class ImageOperationQuerySet(OwnedQuerySet["ImageOperation"]):
    def in_state(self, state: str) -> Self:
        """Filter as `ImageOperation.state` says."""
        is_so = Q(charge__state=state)
        is_slow = Q(charge=None, test_ends_at__gt=Now())
        if state == Charge.State.RESERVED:
            is_so |= is_slow
        elif state == Charge.State.SUCCEEDED:
            is_so |= Q(charge=None, failure="") & ~is_slow
        elif state == Charge.State.REFUNDED:
            is_so |= Q(charge=None) & ~Q(failure="")
        return self.filter(is_so)

    def with_receipt(self, operation_id: str | None = None) -> Self:
        """Load the charge, the key and all ledger entries, in the order of the charge.

        If only one operation is wanted, its entries are read from its partition alone.
        """
        rows, entries = self, LedgerEntry.objects.of_all().in_order()
        if operation_id is not None:
            rows, entries = self.filter(pk=operation_id), entries.beside(operation_id)
        return rows.select_related("charge", "key").prefetch_related(
            Prefetch("charge__entries", entries.select_related("bucket__package"))
        )


class ImageOperation(Referenced):
    """One call: its request and its result, written by the functions in `imaging/sql/`.

    A live call has a `charge` of the same id, which holds its state; a test call has none.
    """

    class Failure(models.TextChoices):
        BLOCKED = "blocked", gettext_lazy("Blocked by safety filters")
        BUSY = "busy", gettext_lazy("Service unavailable")
        FAILED = "failed", gettext_lazy("Generation failed")
        ABANDONED = "abandoned", gettext_lazy("Interrupted")
        #: Only if the caller did not wait: otherwise images are downloaded before the charge.
        DOWNLOAD = "download", gettext_lazy("Download failed")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        #: Shown to partners as `FAILED`.
        ACCOUNT = "account", "Refused by the provider"

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", db_index=False)
    charge = models.OneToOneField(Charge, models.PROTECT, null=True, related_name="image_operation")
    action = models.CharField(max_length=10, choices=OperationPrice.Action)
    requested_mode = models.CharField(max_length=10, choices=OperationPrice.Mode)
    mode = models.CharField(max_length=10, choices=OperationPrice.Mode)
    aspect_ratio = models.CharField(max_length=5)
    resolution = models.CharField(max_length=2)
    file_token = models.UUIDField(
        default=uuid.uuid4,
        help_text="Determines the names of the operation's files, so that none is lost.",
    )
    image_urls = ArrayField(models.TextField(), default=list)
    has_thumbnail = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A small copy of the first image is stored beside it.",
    )
    failure = models.CharField(max_length=10, choices=Failure, blank=True)
    failure_detail = models.CharField(
        max_length=300, blank=True, db_default="", help_text="The end of the error's message."
    )
    failure_field = models.CharField(
        max_length=20, blank=True, db_default="", help_text="Of the request, such as images.2."
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Gets the event when the operation ends.",
    )
    processing_ms = models.PositiveIntegerField(null=True)
    client_request_id = models.CharField(
        max_length=64,
        db_default="",
        help_text="The caller's own X-Request-Id, by which it finds a result it never received.",
    )
    test_ends_at = models.DateTimeField(
        null=True, help_text="When a test call ends that rehearses a slow one."
    )
    is_billed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The provider returned images, but the request was refunded.",
    )
    created_at = models.DateTimeField()

    objects = ImageOperationQuerySet.as_manager()

    class Meta:
        permissions = [("take_down_images", "Can take images down and restore them")]
        indexes = [
            models.Index(fields=("partner", "-created_at"), name="operation_of_partner"),
            models.Index(
                fields=("partner", "client_request_id"),
                condition=~Q(client_request_id=""),
                name="operation_of_client_request",
            ),
            models.Index(
                fields=("failure", "id"), condition=~Q(failure=""), name="operation_failed"
            ),
            models.Index(
                fields=("test_ends_at",),
                condition=Q(test_ends_at__isnull=False),
                name="operation_slow_test",
            ),
            by_external_id("operation_by_external_id"),
        ]
        # It makes a charge unique, too: the table is partitioned by id, so that no index could.
        constraints = [
            models.CheckConstraint(
                condition=Q(charge=None) | Q(charge=F("id")), name="operation_has_id_of_charge"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.id}"

    # Django's would translate all choices to find one, in each row of a list.
    def get_action_display(self) -> str:  # type: ignore[no-redef]
        return str(OperationPrice.Action(self.action).label)

    def get_mode_display(self) -> str:  # type: ignore[no-redef]
        return str(OperationPrice.Mode(self.mode).label)

    @property
    def shown_failure(self) -> ImageOperation.Failure | None:
        """The reason as partners see it: the provider's trouble with our account is not theirs."""
        if not self.failure:
            return None
        is_ours = self.failure == self.Failure.ACCOUNT
        return self.Failure.FAILED if is_ours else self.Failure(self.failure)

    @property
    def state(self) -> str:
        """A `Charge.State`; a test call has no charge and mostly ends when it starts."""
        if self.charge:
            return self.charge.state
        if self.test_ends_at and self.test_ends_at > timezone.now():
            return Charge.State.RESERVED
        return Charge.State.REFUNDED if self.failure else Charge.State.SUCCEEDED

    @property
    def is_test(self) -> bool:
        return self.charge_id is None

    @property
    def is_reserved(self) -> bool:
        return self.state == Charge.State.RESERVED

    @property
    def ended_at(self) -> datetime | None:
        """Return None while the call goes on."""
        if self.charge:
            return self.charge.settled_at
        return None if self.is_reserved else self.test_ends_at or self.created_at


class ImageTakedownQuerySet(OwnedQuerySet["ImageTakedown"]):
    def unfinished(self) -> Self:
        """Filter those whose files are not yet where they belong."""
        return self.filter(is_done=False)


class ImageTakedown(models.Model):
    """The images of an operation that staff took down, while and after they are down.

    The files are moved after the commit; `is_done` says that they are where the row wants them.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    operation = models.ForeignKey(ImageOperation, models.PROTECT, related_name="takedowns")
    token = models.UUIDField(default=uuid.uuid4, help_text="Makes the hidden names unguessable.")
    reason = models.CharField(max_length=500)
    taken_down_at = models.DateTimeField(db_default=Now())
    taken_down_by = models.CharField(max_length=254)
    restored_at = models.DateTimeField(null=True)
    restored_by = models.CharField(max_length=254, blank=True)
    is_done = models.BooleanField(default=False)

    objects = ImageTakedownQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("id",), condition=Q(is_done=False), name="takedown_unfinished"),
            models.Index(fields=("partner", "id"), name="image_takedown_of_partner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("operation",),
                condition=Q(restored_at=None),
                name="takedown_open_once_per_operation",
            )
        ]

    def __str__(self) -> str:
        return f"Takedown of {self.operation_id}"


class ProviderCost(models.Model):
    """What the provider bills for a request, from a time on; earlier rows stay as they are."""

    id = IdField()
    action = models.CharField(max_length=10, choices=OperationPrice.Action)
    mode = models.CharField(max_length=10, choices=OperationPrice.Mode)
    paise = models.PositiveIntegerField(help_text="Per request, without tax.")
    starts_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True, help_text="Such as provider and model.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("action", "mode", "starts_at"), name="provider_cost_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}, {str(self.get_mode_display()).lower()}"
