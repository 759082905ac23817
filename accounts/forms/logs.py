"""Filters of the request log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from accounts.endpoints import all_endpoints, get_endpoint
from accounts.forms.fields import KeyField
from accounts.models import Partner
from accounts.models.log import RequestLogQuerySet
from config.api.error_codes import error_codes
from config.pages.filters import TimeRangeForm

_STATUSES = (200, 201, 202, 400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)
_CLASSES = {
    "success": (gettext_lazy("Successful"), 100, 399),
    "error": (gettext_lazy("Any error"), 400, 599),
    "4xx": (gettext_lazy("4xx rejected"), 400, 499),
    "5xx": (gettext_lazy("5xx failed"), 500, 599),
}
_REQUEST_ID = RegexValidator(
    r"^[\w.-]+\Z", gettext_lazy("Use letters, digits, dots, hyphens and underscores only.")
)


def _endpoint_choices() -> list[Any]:
    return [("", gettext("Any endpoint")), *((each.name, each.label) for each in all_endpoints())]


class ErrorFilterForm(TimeRangeForm):
    """Filters of the page of grouped errors."""

    endpoint = forms.ChoiceField(
        label=gettext_lazy("Endpoint"), required=False, choices=_endpoint_choices
    )
    key = KeyField()

    field_order: tuple[str, ...] = ("period", "endpoint", "key", "since", "until")

    def __init__(self, query: QueryDict, partner: Partner) -> None:
        super().__init__(query)
        key: Any = self.fields["key"]
        key.load_choices(partner)

    def apply(self, queryset: RequestLogQuerySet) -> RequestLogQuerySet:
        given = self.cleaned_data
        rows = queryset.filter(**self.lookups("at"))
        if given["endpoint"]:
            rows = rows.to_endpoint(get_endpoint(given["endpoint"]))
        return rows.filter(key_id=given["key"]) if given["key"] else rows


def _status_choices() -> list[Any]:
    names = sorted(code.name for code in error_codes())
    return [
        ("", gettext("Any status")),
        *((name, label) for name, (label, _, _) in _CLASSES.items()),
        (gettext("HTTP status"), [(str(status), str(status)) for status in _STATUSES]),
        (gettext("Error code"), [(name, name) for name in names]),
    ]


class RequestFilterForm(ErrorFilterForm):
    """Filters of the list of requests. A search by request ID ignores the period."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=_status_choices
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Method"),
        required=False,
        choices=[
            ("", gettext_lazy("Any method")),
            *((name, name) for name in ("GET", "POST", "PUT", "DELETE")),
        ],
    )
    request_id = forms.CharField(
        label=gettext_lazy("Request ID"), required=False, max_length=64, validators=[_REQUEST_ID]
    )
    message = forms.CharField(label=gettext_lazy("Error message"), required=False, max_length=200)
    live = forms.BooleanField(label=gettext_lazy("Follow new requests"), required=False)

    field_order = (
        "period", "status", "endpoint", "key", "method", "request_id", "message",
        "since", "until", "live",
    )  # fmt: skip

    def apply(self, queryset: RequestLogQuerySet) -> RequestLogQuerySet:
        given = self.cleaned_data
        if given["request_id"]:
            return queryset.with_request_id(given["request_id"])
        rows = self._with_status(super().apply(queryset), given["status"])
        if given["message"]:
            rows = rows.with_message(given["message"])
        return rows.filter(method=given["method"]) if given["method"] else rows

    def _with_status(self, rows: RequestLogQuerySet, status: str) -> RequestLogQuerySet:
        if not status:
            return rows
        if status in _CLASSES:
            _, least, most = _CLASSES[status]
            return rows.filter(status__gte=least, status__lte=most)
        if status.isdigit():
            return rows.filter(status=int(status))
        # Repeats the condition of the partial index, which the planner cannot infer from a code.
        return rows.errors().filter(code=status)
