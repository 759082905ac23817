"""Admin pages for rate windows ("why is this partner refused now?") and stored responses."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join

from accounts.models import ApiKey, IdempotencyRecord, RateWindow
from config.admin.columns import link_to, state_cell
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term
from config.admin.sections import Section
from config.grouping import group_digits

_MINUTE, _DAY = 60, 86_400
#: What is counted for a subject is found by it, its partner, or one of its keys.
SUBJECT_TERMS = (
    Term("pk", ID),
    Term("partner_id", ID),
    Term(
        "key",
        ID,
        lambda rows, term: rows.filter(
            pk__in=ApiKey.objects.of_all().filter(pk=term).values("rate_subject")
        ),
    ),
)


@admin.register(RateWindow)
class RateWindowAdmin(ReadOnlyAdmin):
    """Counts what the windows hold now; a row itself is only brought up to date by a call."""

    section = Section.SYSTEM
    list_display = ("subject", "partner", "keys", "minute", "day", "state")
    search_terms = SUBJECT_TERMS
    search_help_text = "Key ID or partner ID"
    ordering = ("-subject",)
    fields = list_display
    phone = ("partner", "state", "minute", "day")

    def prepare_rows(self, rows: list[RateWindow]) -> None:
        """Load the keys that share each window, with their limits."""
        subjects = {row.pk for row in rows}
        partners = {row.partner_id for row in rows}
        keys = ApiKey.objects.of_all().filter(partner__in=partners, rate_subject__in=subjects)
        found: dict[str, list[ApiKey]] = {}
        for key in keys.select_related("partner"):
            found.setdefault(key.rate_subject, []).append(key)
        for row in rows:
            row.its_keys = found.get(row.pk, [])  # type: ignore[attr-defined]

    def _keys(self, row: RateWindow) -> list[ApiKey]:
        if not hasattr(row, "its_keys"):
            self.prepare_rows([row])
        keys: list[ApiKey] = row.its_keys  # type: ignore[attr-defined]
        return keys

    def _limits(self, row: RateWindow) -> tuple[int, int] | None:
        """Return those of the key that calls now, the newest; it inherits its partner's."""
        keys = self._keys(row)
        if not keys:
            return None
        key = max(keys, key=lambda each: each.created_at)
        return (
            key.requests_per_minute or key.partner.requests_per_minute,
            key.requests_per_day or key.partner.requests_per_day,
        )

    @admin.display(description="Keys")
    def keys(self, row: RateWindow) -> Any:
        links = [link_to(ApiKey, key.pk, key) for key in self._keys(row)]
        return format_html_join(", ", "{}", ((link,) for link in links)) or "–"

    @admin.display(description="Last minute")
    def minute(self, row: RateWindow) -> str:
        limits = self._limits(row)
        return _of(_held(row.minute_at, row.minute_calls, _MINUTE), limits and limits[0])

    @admin.display(description="Last 24 hours")
    def day(self, row: RateWindow) -> str:
        limits = self._limits(row)
        return _of(_held(row.day_at, row.day_calls, _DAY), limits and limits[1])

    @admin.display(description="Now")
    def state(self, row: RateWindow) -> str:
        limits = self._limits(row)
        if not limits:
            return "–"
        if _held(row.day_at, row.day_calls, _DAY) >= limits[1]:
            return state_cell("failed", "Refused: daily limit")
        if _held(row.minute_at, row.minute_calls, _MINUTE) >= limits[0]:
            return state_cell("failed", "Refused: limit per minute")
        return state_cell("ok", "Accepted")


def _held(times: list[float], calls: list[int], seconds: int) -> int:
    """Count the calls that have not left the window."""
    since = time.time() - seconds
    return sum(count for at, count in zip(times, calls, strict=True) if at > since)


def _of(count: int, limit: int | None) -> str:
    return f"{group_digits(count)} of {group_digits(limit)}" if limit else group_digits(count)


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin):
    """The stored response itself is not shown: it may hold personal data."""

    section = Section.SYSTEM
    list_display = ("id", "partner", "endpoint", "environment", "key_text", "state", "created_at")
    list_filter = ("environment",)
    period = Period("created_at", 1)
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Record ID or partner ID"
    ordering = ("-created_at",)
    fields = (*list_display, "lease_until")
    phone = ("key_text", "state", "partner", "created_at")

    @admin.display(description="Idempotency-Key")
    def key_text(self, record: IdempotencyRecord) -> str:
        return record.key

    @admin.display(description="Response")
    def state(self, record: IdempotencyRecord) -> str:
        if record.status:
            return state_cell("ok" if record.status < 400 else "refused", str(record.status))
        is_held = record.lease_until > timezone.now()
        return (
            state_cell("pending", "In progress") if is_held else state_cell("failed", "Abandoned")
        )
