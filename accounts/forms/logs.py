"""Filters of lists that go by time: the request log, its errors, the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils import timezone

from accounts.endpoints import all_endpoints, endpoint_named
from accounts.models import Partner
from accounts.models.log import RequestLogQuerySet
from config.api.error_codes import error_codes

_PERIODS = {
    "hour": ("Last hour", timedelta(hours=1)),
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
    "quarter": ("Last 90 days", timedelta(days=90)),
}
_CUSTOM = "custom"
#: No list goes further back, so that each is found within a bounded part of its index.
_LONGEST = timedelta(days=366)
_STATUSES = (200, 201, 202, 400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)
_CLASSES = {
    "success": ("Successful", 100, 399),
    "error": ("Any error", 400, 599),
    "4xx": ("4xx refused", 400, 499),
    "5xx": ("5xx failed", 500, 599),
}
_REQUEST_ID = RegexValidator(r"^[\w.-]+\Z", "Letters, digits, dots, - and _ only.")


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a list shows; `label` says so in words where it is a preset, else is ""."""

    since: datetime
    until: datetime | None
    label: str

    def of(self, field: str) -> dict[str, datetime]:
        """What it asks of a moment of a row, as look-ups."""
        since = {f"{field}__gte": self.since}
        return {**since, f"{field}__lt": self.until} if self.until else since


class PeriodForm(forms.Form):
    """Filters by time: a preset, or from and to, which win over it."""

    period = forms.ChoiceField(
        label="Time",
        required=False,
        choices=[
            *((name, label) for name, (label, _) in _PERIODS.items()),
            (_CUSTOM, "From and to"),
        ],
    )
    since = forms.DateTimeField(label="From", required=False)
    until = forms.DateTimeField(label="To", required=False)

    default_period = "week"

    def __init__(self, query: QueryDict) -> None:
        data = query.copy()
        if data.get("since") or data.get("until"):
            data["period"] = _CUSTOM
        elif data.get("period", "") in ("", _CUSTOM):
            data["period"] = self.default_period
        super().__init__(data)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput(
                {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and since >= until:
            self.add_error("until", "“To” must be later than “From”.")
        return given

    @property
    def window(self) -> Window:
        """What a valid form asks for."""
        given, now = self.cleaned_data, timezone.now()
        if given["period"] == _CUSTOM:
            oldest, until = now - _LONGEST, given["until"]
            # Nothing comes from later; and the year 9999 has no time in every zone.
            until = min(max(until, oldest), now + timedelta(days=1)) if until else None
            return Window(max(given["since"] or oldest, oldest), until, "")
        label, length = _PERIODS[given["period"]]
        return Window(now - length, None, label)


class KeyField(forms.ChoiceField):
    """One of a partner's keys, or any; `offer` fills in which there are."""

    def __init__(self) -> None:
        super().__init__(label="Key", required=False)

    def offer(self, partner: Partner) -> None:
        keys = partner.api_keys.only("partner", "name", "last_four")
        self.choices = [("", "Any key"), *((key.pk, str(key)) for key in keys)]


def _endpoint_choices() -> list[tuple[str, str]]:
    return [("", "Any endpoint"), *((each.name, each.label) for each in all_endpoints())]


class ErrorFilters(PeriodForm):
    """Filters of the grouped errors."""

    endpoint = forms.ChoiceField(required=False, choices=_endpoint_choices)
    key = KeyField()

    field_order: tuple[str, ...] = ("period", "endpoint", "key", "since", "until")

    def __init__(self, query: QueryDict, partner: Partner) -> None:
        super().__init__(query)
        key: Any = self.fields["key"]
        key.offer(partner)

    def narrow(self, rows: RequestLogQuerySet) -> RequestLogQuerySet:
        given = self.cleaned_data
        rows = rows.filter(**self.window.of("at"))
        if given["endpoint"]:
            rows = rows.to_endpoint(endpoint_named(given["endpoint"]))
        return rows.filter(key_id=given["key"]) if given["key"] else rows


def _answer_choices() -> list[Any]:
    names = sorted(code.name for code in error_codes())
    return [
        ("", "Any answer"),
        *((name, label) for name, (label, _, _) in _CLASSES.items()),
        ("Status", [(str(status), str(status)) for status in _STATUSES]),
        ("Error code", [(name, name.replace("_", " ").capitalize()) for name in names]),
    ]


class RequestFilters(ErrorFilters):
    """Filters of the request log. A request id is looked for whatever the time."""

    answer = forms.ChoiceField(required=False, choices=_answer_choices)
    method = forms.ChoiceField(
        required=False,
        choices=[("", "Any method"), *((name, name) for name in ("GET", "POST", "PUT", "DELETE"))],
    )
    request_id = forms.CharField(
        label="Request id", required=False, max_length=64, validators=[_REQUEST_ID]
    )
    message = forms.CharField(label="Error message", required=False, max_length=200)
    live = forms.BooleanField(label="Follow new calls", required=False)

    field_order = (
        "period", "answer", "endpoint", "key", "method", "request_id", "message",
        "since", "until", "live",
    )  # fmt: skip

    def narrow(self, rows: RequestLogQuerySet) -> RequestLogQuerySet:
        given = self.cleaned_data
        if given["request_id"]:
            return rows.filter(request_id=given["request_id"])
        rows = self._answered(super().narrow(rows), given["answer"])
        if given["message"]:
            rows = rows.with_message(given["message"])
        return rows.filter(method=given["method"]) if given["method"] else rows

    def _answered(self, rows: RequestLogQuerySet, answer: str) -> RequestLogQuerySet:
        if not answer:
            return rows
        if answer in _CLASSES:
            _, least, most = _CLASSES[answer]
            return rows.filter(status__gte=least, status__lte=most)
        if answer.isdigit():
            return rows.filter(status=int(answer))
        # The condition of the index of errors, which a code alone would not be known to fulfil.
        return rows.errors().filter(code=answer)
