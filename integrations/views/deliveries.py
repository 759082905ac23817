"""Webhook deliveries: the list, one delivery, and resending."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.exports import limited_export
from accounts.models import Partner
from accounts.permissions import PartnerRequest, Permission, partner_view
from config.db.encryption import is_decryption_disabled
from config.db.keyset import Keyset
from config.db.owned import is_sandbox
from config.grouping import group_digits
from config.pages.addresses import tidy_address
from config.pages.charts import Chart
from config.pages.exports import Columns, export_list, time_columns, utc
from config.pages.pagination import paginate
from config.pages.preferences import mode_of, owner_in_mode
from config.pages.streaming import read_in_chunks
from config.pages.strips import Strip
from integrations.attempt_text import explain
from integrations.forms import DeliveryFilterForm
from integrations.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
    WebhookReceiver,
)
from integrations.receiver_charts import EVENTS, TIERS
from integrations.services.resending import (
    MAX_RESENT,
    DeliveryCancelled,
    resend_delivery,
    resend_failed,
)
from integrations.signatures.signing import SIGNATURE, STANDARD_SIGNATURE, headers_of

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_NEWEST_FIRST = Keyset("created_at", descending=True)
_STRIP = Strip(
    gettext_lazy("Events by day"),
    EVENTS,
    "created_at",
    TIERS,
    is_by_day=True,
)
_COLUMNS: Columns = {
    "event": lambda delivery: delivery.event,
    "endpoint": lambda delivery: delivery.endpoint.url,
    "status": lambda delivery: delivery.get_state_display(),
    "attempts": lambda delivery: delivery.attempts_made,
    "last_response": lambda delivery: _last(delivery, "status"),
    "last_error": lambda delivery: _last(delivery, "error"),
    "last_duration_ms": lambda delivery: _last(delivery, "milliseconds"),
    "finished_utc": lambda delivery: utc(delivery.ended_at),
    "delivery": lambda delivery: delivery.pk,
    "source": lambda delivery: delivery.stream,
}
_HEALTH_PERIOD = timedelta(hours=24)
_SOON = timedelta(minutes=2)
#: Shown per delivery; resending can add more.
_MAX_ATTEMPTS = 100


@partner_view(Permission.SEE_CALLS)
@tidy_address
def webhooks(request: PartnerRequest) -> HttpResponse:
    """List deliveries with a summary of the last 24 hours."""
    form = DeliveryFilterForm(request.GET)
    mine = WebhookDelivery.objects.of(owner_in_mode(request))
    rows = form.filter_queryset(mine)
    context = {
        "form": form,
        "page": paginate(_with_attempts(rows), request.GET, sorts=_SORTS),
        "strip": _chart(rows, form),
        "health": mine.read_health(timezone.now() - _HEALTH_PERIOD),
        "has_failed": mine.failed().exists(),
        "resend_query": urlencode({**_filters(form), "mode": mode_of(request)}),
    }
    return render(request, "webhooks/list.html", context)


@partner_view(Permission.SEE_CALLS)
@limited_export
def webhooks_csv(request: PartnerRequest) -> HttpResponseBase:
    form = DeliveryFilterForm(request.GET)
    mine = WebhookDelivery.objects.of(owner_in_mode(request))
    chunks = read_in_chunks(_with_attempts(form.filter_queryset(mine)), _NEWEST_FIRST)
    columns = {**time_columns("created_at"), **_COLUMNS}
    return export_list(request, form, chunks, columns, page="webhooks", name="webhooks")


@partner_view(Permission.SEE_CALLS)
def webhook(request: PartnerRequest, delivery_id: str) -> HttpResponse:
    """Show a delivery's request and its attempts."""
    delivery = _find(request, delivery_id)
    attempts = list(delivery.attempts.order_by("-at", "-id")[:_MAX_ATTEMPTS])
    headers = _headers(delivery, attempts)
    body = bytes(delivery.body)
    receivers = WebhookReceiver.objects.of(delivery.partner_id)
    context = {
        "delivery": delivery,
        "is_test": is_sandbox(delivery.partner_id),
        "receiver": receivers.at(delivery.endpoint.url).first(),
        "attempts": [(attempt, explain(attempt.status, attempt.error)) for attempt in attempts],
        "headers": headers.items(),
        "is_awaited": _is_awaited(delivery),
        "is_signed": SIGNATURE in headers,
        "body": body.decode(),
        "pretty": json.dumps(json.loads(body), ensure_ascii=False, indent=2),
    }
    return render(request, "webhooks/detail.html", context)


@partner_view(Permission.OPERATE, methods=("POST",))
def resend(request: PartnerRequest, delivery_id: str) -> HttpResponse:
    delivery = _find(request, delivery_id)
    try:
        resend_delivery(delivery=delivery, actor=request.user.email)
    except DeliveryCancelled:
        messages.error(request, gettext("The account was deleted, so the event is not sent."))
    else:
        messages.success(request, gettext("Event queued for delivery."))
    return redirect("webhook", delivery.id)


@partner_view(Permission.OPERATE, methods=("GET", "HEAD", "POST"))
def resend_all(request: PartnerRequest) -> HttpResponse:
    """Resend the failed deliveries that match the filters, after a confirmation page."""
    form = DeliveryFilterForm({**request.GET.dict(), "state": ""})
    owner_id = owner_in_mode(request)
    owner = get_object_or_404(Partner.with_sandboxes, pk=owner_id)
    deliveries = form.filter_queryset(WebhookDelivery.objects.of(owner.id))
    if not form.is_valid():
        messages.error(request, gettext("Check the filters and try again."))
        return redirect(_list_url(form))
    if request.method == "POST":
        count = resend_failed(partner=owner, deliveries=deliveries, actor=request.user.email)
        messages.success(request, describe_queued(count))
        return redirect("webhooks")
    context = {
        # One more than the limit: counting a long list in full would take seconds.
        "count": deliveries.failed()[: MAX_RESENT + 1].count(),
        "most": MAX_RESENT,
        "filters": _describe_filters(form),
        "back": _list_url(form),
    }
    return render(request, "webhooks/resend.html", context)


def describe_queued(count: int) -> str:
    text = ngettext(
        "%(count)s event queued for delivery.", "%(count)s events queued for delivery.", count
    )
    return text % {"count": group_digits(count)}


def _with_attempts(rows: WebhookDeliveryQuerySet) -> WebhookDeliveryQuerySet:
    return rows.select_related("endpoint").defer("body").with_last_attempt()


def _last(delivery: Any, field: str) -> Any:
    """Return a value of the last attempt, "" before the first."""
    value = getattr(delivery.last_attempts[0], field) if delivery.last_attempts else None
    return "" if value is None else value


def _chart(rows: WebhookDeliveryQuerySet, form: DeliveryFilterForm) -> Chart | None:
    window = form.window.closed()
    return _STRIP.read(rows.filter(created_at__gte=window[0]), window, form.query)


def _find(request: PartnerRequest, delivery_id: str) -> WebhookDelivery:
    both = WebhookDelivery.objects.of_both(request.partner.id)
    return get_object_or_404(both.select_related("endpoint", "partner"), pk=delivery_id)


def _is_awaited(delivery: WebhookDelivery) -> bool:
    """Return whether the next attempt is about to be made; the page then asks for its outcome."""
    if delivery.state != WebhookDelivery.State.PENDING or delivery.due_at is None:
        return False
    return delivery.due_at - timezone.now() < _SOON


def _headers(delivery: WebhookDelivery, attempts: list[WebhookAttempt]) -> dict[str, str]:
    """Return the headers of the last attempt; before the first, all but the time."""
    at = attempts[0].at if attempts else timezone.now()
    secret = delivery.endpoint.read_secret()
    previous = delivery.endpoint.previous_secret_at(at) if secret else ""
    headers = headers_of(
        delivery.id, int(at.timestamp()), bytes(delivery.body), secret or "", previous
    )
    if secret is None:
        headers[SIGNATURE] = (
            gettext("Masked while you look.")
            if is_decryption_disabled()
            else gettext("Can't be decrypted. Contact support.")
        )
    if not attempts:
        headers["webhook-timestamp"] = gettext("the time of the attempt")
        headers.pop(STANDARD_SIGNATURE, None)
    return headers


def _filters(form: DeliveryFilterForm) -> dict[str, str]:
    """Return the chosen filters except the state: only failed deliveries are resent."""
    names = (name for name in form.fields if name != "state")
    return {name: value for name in names if (value := form.data.get(name, ""))}


def _describe_filters(form: DeliveryFilterForm) -> list[tuple[str, Any]]:
    chosen = _filters(form)
    return [(str(form[name].label), value) for name, value in chosen.items()]


def _list_url(form: DeliveryFilterForm) -> str:
    return f"{reverse('webhooks')}?{urlencode({**_filters(form), 'state': 'failed'})}"
