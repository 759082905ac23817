"""The request log, daily counts of calls, and the audit trail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Func, Max, Q, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Now

from accounts.endpoints import ID, Endpoint, find_endpoint, row_path_pattern
from accounts.models.key import ApiKey
from accounts.models.partner import Partner
from config.chain.models import ChainDigest
from config.db.fields import IdField
from config.db.keyset import Keyset
from config.db.logs import is_log_apart
from config.db.owned import OwnedQuerySet

_NEAR = timedelta(hours=1)
_NUMBER = r"[0-9]+([.,][0-9]+)*"


def _path_template() -> Func:
    """Strip the trailing slash and replace the id of a row by `ID`."""
    path = Func(F("path"), Value("/"), function="RTRIM")
    return _replace(path, row_path_pattern(), rf"\1/{ID}")


def _message_template() -> Func:
    return _replace(F("message"), _NUMBER, "#")


def _replace(text: Any, pattern: str, new: str) -> Func:
    return Func(
        text,
        Value(pattern),
        Value(new),
        Value("g"),
        function="REGEXP_REPLACE",
        output_field=models.TextField(),
    )


class RequestLogQuerySet(OwnedQuerySet["RequestLog"]):
    def errors(self) -> Self:
        return self.filter(status__gte=400)

    def with_message(self, message: str) -> Self:
        """Filter errors by message, ignoring the numbers in it as `grouped` does."""
        template = re.sub(_NUMBER, "#", message)
        return self.errors().alias(template=_message_template()).filter(template=template)

    def with_request_id(self, request_id: str) -> Self:
        """Filter by our id or the caller's own."""
        ours, theirs = Q(request_id=request_id), Q(client_request_id=request_id)
        return self.filter(ours | theirs)

    def to_endpoint(self, endpoint: Endpoint) -> Self:
        return self.filter(path__regex=endpoint.pattern)

    def before(self, row: RequestLog) -> Self:
        """Return calls with the same key in the hour before `row`, newest first."""
        rows = self.filter(key_id=row.key_id, at__gte=row.at - _NEAR)
        return Keyset("at", descending=True).sort(rows, after=(row.at, row.pk))

    def after(self, row: RequestLog) -> Self:
        """Return calls with the same key in the hour after `row`, oldest first."""
        rows = self.filter(key_id=row.key_id, at__lte=row.at + _NEAR)
        return Keyset("at").sort(rows, after=(row.at, row.pk))

    def with_key(self) -> Self:
        """Load the key of each row, from whichever database it is in."""
        return self.prefetch_related("key") if is_log_apart() else self.select_related("key")

    def grouped(self) -> Any:
        """Return a dict for each group of equal errors, most frequent first.

        Its keys are `status`, `code`, `path_template`, `count`, `last_at`, `keys_affected` and
        `example`, one of the messages. Messages that differ only in numbers, such as a balance, are
        equal.
        """
        kinds = self.annotate(path_template=_path_template(), message_template=_message_template())
        return (
            kinds.values("status", "code", "path_template", "message_template")
            .annotate(
                count=Count("pk"),
                last_at=Max("at"),
                keys_affected=Count("key_id", distinct=True),
                example=Max("message"),
            )
            .order_by("-count", "status", "code", "path_template", "message_template")
        )


class RequestLog(models.Model):
    """A call of the public API without body, key or token; kept for `REQUEST_LOG_DAYS`."""

    id = IdField()
    at = models.DateTimeField()
    # No constraints: a row must be cheap to write and outlive the rows it refers to. A request
    # without a valid key, for which only errors of the server have a row, belongs to
    # `PLATFORM_ID`.
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    key = models.ForeignKey(
        ApiKey, models.DO_NOTHING, null=True, db_constraint=False, db_index=False
    )
    request_id = models.CharField(max_length=64)
    client_request_id = models.CharField(
        max_length=64, blank=True, db_default="", help_text="The caller's own, from X-Request-Id."
    )
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=200, blank=True, help_text="Error message, as sent.")
    target = models.CharField(
        max_length=24,
        blank=True,
        help_text="ID of the account, deployment or image operation that the request created.",
    )
    milliseconds = models.PositiveIntegerField()
    address = models.GenericIPAddressField(null=True)

    objects = RequestLogQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-at"), name="request_log_of_partner"),
            models.Index(fields=("at",), name="request_log_age"),
            # The ids first: staff are given one without the partner.
            models.Index(fields=("request_id", "partner"), name="request_log_by_id"),
            models.Index(
                fields=("client_request_id", "partner"),
                condition=models.Q(client_request_id__gt=""),
                name="request_log_by_clients_id",
            ),
            models.Index(
                fields=("-at",), condition=models.Q(status__gte=400), name="request_log_errors"
            ),
            models.Index(
                fields=("-at",), condition=models.Q(status__gte=500), name="request_log_failures"
            ),
            models.Index(
                fields=("partner", "-at"),
                condition=models.Q(status__gte=400),
                name="request_log_errors_of_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"

    @property
    def endpoint(self) -> Endpoint | None:
        return find_endpoint(self.path)


class DailyCalls(models.Model):
    """Calls of a key per day of its company and outcome, written with the request log; kept
    forever."""

    id = IdField()
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    key = models.ForeignKey(
        ApiKey, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField()
    succeeded = models.PositiveIntegerField(default=0, help_text="Responses below 400.")
    refused = models.PositiveIntegerField(default=0, help_text="Responses from 400 to 499.")
    failed = models.PositiveIntegerField(default=0, help_text="Responses of 500 or above.")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "daily calls"
        constraints = [
            models.UniqueConstraint(fields=("partner", "day", "key"), name="daily_calls_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.key_id}"


class AuditEntry(models.Model):
    """An action of a user, a key, a command or the platform itself; append-only."""

    id = IdField()
    # By the database's clock: the hash chain relies on it.
    at = models.DateTimeField(db_default=Now(), editable=False)
    # What the platform did to itself belongs to `PLATFORM_ID`.
    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    actor = models.CharField(max_length=254, help_text="An email address, a command or a key.")
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=120, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=("partner", "-at"), name="audit_of_partner"),
            models.Index(fields=("partner", "actor", "-at"), name="audit_by_actor"),
            models.Index(
                fields=("target", "-id"),
                condition=models.Q(target__gt=""),
                name="audit_by_target",
            ),
            models.Index(
                KeyTransform("reference", "detail"),
                condition=models.Q(detail__has_key="reference"),
                name="audit_by_reference",
            ),
            models.Index(
                fields=("actor", "-at"),
                condition=models.Q(action="personal_data.opened"),
                name="audit_openings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"


class AuditDigest(ChainDigest):
    """Entries of the audit trail in the hash chain of a partner."""

    partner = models.ForeignKey(
        Partner, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("partner", "number"), name="audit_digest_once")
        ]
