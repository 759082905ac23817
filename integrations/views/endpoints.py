"""Webhook endpoints by URL: how they do, test events, and sending what they missed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from accounts.permissions import PartnerRequest, Permission, partner_view
from config.db.clock import database_now
from config.db.owned import is_sandbox
from config.pages.pagination import paginate
from config.pages.preferences import owner_in_mode
from integrations.forms import TestEventForm
from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookReceiver
from integrations.receiver_charts import read_receiver_charts
from integrations.receiver_summaries import ReceiverSummary, read_failures, summarize
from integrations.services.receivers import enable_receiver, resend_missed
from integrations.services.sample_events import send_test_event
from integrations.views.deliveries import describe_queued

_SORTS = {"newest": "-created_at"}
_RECENT = 10


@partner_view(Permission.SEE_CALLS)
def endpoints(request: PartnerRequest) -> HttpResponse:
    """List the URLs that get events."""
    owner = owner_in_mode(request)
    page = paginate(WebhookReceiver.objects.of(owner), request.GET, sorts=_SORTS)
    charts = read_receiver_charts(owner, page.rows)
    context = {
        "is_test": is_sandbox(owner),
        "page": page,
        "summaries": [(each, charts[each.receiver.pk]) for each in summarize(owner, page.rows)],
        "default": WebhookEndpoint.objects.of(owner).default().first(),
    }
    return render(request, "webhooks/endpoints.html", context)


@partner_view(Permission.SEE_CALLS)
def endpoint(request: PartnerRequest, receiver_id: str) -> HttpResponse:
    receiver = find_receiver(request, receiver_id)
    [summary] = summarize(receiver.partner_id, [receiver])
    newest = newest_endpoint(receiver)
    deliveries = WebhookDelivery.objects.of(receiver.partner_id).filter(endpoint__url=receiver.url)
    rows = deliveries.select_related("endpoint").defer("body").with_last_attempt()
    now = database_now()
    context = {
        "summary": summary,
        "is_test": is_sandbox(receiver.partner_id),
        "receiver": receiver,
        "newest": newest,
        "has_previous": bool(newest and (newest.previous_secret_until or now) > now),
        "chart": read_receiver_charts(receiver.partner_id, [receiver])[receiver.pk],
        "failures": read_failures(receiver),
        "default": _default_of(summary),
        "deliveries": rows.order_by("-created_at", "-pk")[:_RECENT],
        "form": TestEventForm(),
    }
    return render(request, "webhooks/endpoint.html", context)


@partner_view(Permission.OPERATE, methods=("POST",))
def test(request: PartnerRequest, receiver_id: str) -> HttpResponse:
    """Send a test event, and show its delivery."""
    receiver = find_receiver(request, receiver_id)
    form = TestEventForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose an event from the list."))
        return redirect("webhook-endpoint", receiver.id)
    newest = newest_endpoint(receiver)
    delivery = send_test_event(
        partner_id=receiver.partner_id,
        url=receiver.url,
        secret=newest.get_decrypted("secret") if newest else "",
        event_type=form.cleaned_data["event"],
        actor=request.user.email,
        rotated=newest,
    )
    messages.success(request, gettext("Test event sent."))
    return redirect("webhook", delivery.id)


@partner_view(Permission.OPERATE, methods=("POST",))
def enable(request: PartnerRequest, receiver_id: str) -> HttpResponse:
    receiver = find_receiver(request, receiver_id)
    enable_receiver(receiver=receiver, actor=request.user.email)
    messages.success(request, gettext("Endpoint enabled. It gets events from now on."))
    return redirect("webhook-endpoint", receiver.id)


@partner_view(Permission.OPERATE, methods=("POST",))
def resend(request: PartnerRequest, receiver_id: str) -> HttpResponse:
    """Send everything that it missed."""
    receiver = find_receiver(request, receiver_id)
    count = resend_missed(
        partner_id=receiver.partner_id, receiver=receiver, actor=request.user.email
    )
    messages.success(request, describe_queued(count))
    return redirect("webhook-endpoint", receiver.id)


def find_receiver(request: PartnerRequest, receiver_id: str) -> WebhookReceiver:
    return get_object_or_404(WebhookReceiver.objects.of_both(request.partner.id), pk=receiver_id)


def newest_endpoint(receiver: WebhookReceiver) -> WebhookEndpoint | None:
    """Return the endpoint whose secret stands for all at this URL, None if only tests go there."""
    lasting = WebhookEndpoint.objects.of(receiver.partner_id).lasting()
    return lasting.filter(url=receiver.url).order_by("-created_at", "-pk").first()


def _default_of(summary: ReceiverSummary) -> WebhookEndpoint | None:
    """Return the default endpoint if it is at this URL."""
    if not summary.is_default:
        return None
    return WebhookEndpoint.objects.of(summary.receiver.partner_id).default().first()
