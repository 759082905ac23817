"""What was called and who changed what."""

from __future__ import annotations

from django.db import models

from accounts.models.key import ApiKey
from accounts.models.partner import Partner


class RequestLog(models.Model):
    """One call of the public API; never a body, a key or a token. Kept `REQUEST_LOG_DAYS`."""

    at = models.DateTimeField()
    # No constraints: a line must be cheap to write and outlive what it tells of.
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, null=True, db_constraint=False, db_index=False
    )
    key = models.ForeignKey(
        ApiKey, models.DO_NOTHING, null=True, db_constraint=False, db_index=False
    )
    request_id = models.CharField(max_length=64)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=200, blank=True, help_text="Of an error, as answered.")
    milliseconds = models.PositiveIntegerField()
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-at"), name="request_log_of_partner"),
            models.Index(fields=("at",), name="request_log_age"),
            models.Index(fields=("partner", "request_id"), name="request_log_by_request_id"),
            models.Index(
                fields=("partner", "-at"),
                condition=models.Q(status__gte=400),
                name="request_log_errors_of_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class DailyCalls(models.Model):
    """Calls of a key by UTC day and outcome, written with the request log and kept for good."""

    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    key = models.ForeignKey(
        ApiKey, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField()
    succeeded = models.PositiveIntegerField(default=0, help_text="Answered below 400.")
    refused = models.PositiveIntegerField(default=0, help_text="Answered 400 to 499.")
    failed = models.PositiveIntegerField(default=0, help_text="Answered 500 or above.")

    class Meta:
        verbose_name_plural = "daily calls"
        constraints = [
            models.UniqueConstraint(fields=("partner", "day", "key"), name="daily_calls_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.key_id}"


class AuditEntry(models.Model):
    """Something that a person, a command or the platform itself did. Append-only."""

    at = models.DateTimeField(auto_now_add=True)
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, null=True, db_constraint=False, db_index=False
    )
    actor = models.CharField(max_length=254, help_text="An email address, a command or a key.")
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=("partner", "-at"), name="audit_of_partner")]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
