"""Admin pages for webhook deliveries, with resending."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from config.admin.columns import duration_text, number_column, state_cell, yes_or_no
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, actor_of, confirm, datetime_column
from config.admin.search import ID, Term
from config.admin.targets import link_targets
from integrations.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReceiver,
)
from integrations.services.resending import DeliveryCancelled, resend_delivery


class WebhookAttemptInline(ReadOnlyInline):
    model = WebhookAttempt
    fields = readonly_fields = ("at_utc", "status", "error", "took", "response_body")
    took = number_column("milliseconds", "Duration", duration_text)
    at_utc = datetime_column("at", "Time")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = (
        "id",
        "partner",
        "event",
        "endpoint",
        "state",
        "attempts_made",
        "created_at",
        "due_at",
        "ended_at",
    )
    list_filter = ("state",)
    period = Period("id", 7)
    partner_ordering = ("-created_at", "-id")
    search_terms = (Term("pk", ID), Term("stream", ID), Term("partner_id", ID))
    search_help_text = "Event ID, deployment ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "stream", "receiver", "payload")
    phone = ("event", "state", "partner", "created_at")
    inlines = (WebhookAttemptInline,)
    actions = ("resend",)

    def receiver(self, delivery: WebhookDelivery) -> str:
        return delivery.endpoint.url

    def payload(self, delivery: WebhookDelivery) -> str:
        return bytes(delivery.body).decode()

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("integrations.change_webhookdelivery")

    @admin.action(description="Resend selected events", permissions=["resend"])
    def resend(self, request: HttpRequest, rows: QuerySet[Any]) -> TemplateResponse | None:
        if page := confirm(
            self,
            request,
            rows,
            action="resend",
            question="Resend these events?",
            consequence="Receivers get them again with the same event IDs.",
            button="Resend events",
        ):
            return page
        for delivery in rows:
            self._resend(request, delivery)
        return None

    def _resend(self, request: HttpRequest, delivery: WebhookDelivery) -> None:
        try:
            resend_delivery(delivery=delivery, actor=actor_of(request))
        except DeliveryCancelled:
            messages.error(request, f"{delivery} cannot be resent: its account was deleted.")
        else:
            messages.success(request, f"{delivery} queued for resending.")


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = ("url", "partner", "kind", "is_signed", "created_at")
    period = Period("id", 90)
    partner_ordering = ("-created_at",)
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Endpoint ID or partner ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("url", "created_at", "partner", "is_signed")

    @admin.display(description="Signed")
    def is_signed(self, endpoint: WebhookEndpoint) -> str:
        return yes_or_no(bool(endpoint.secret))


@admin.register(WebhookReceiver)
class WebhookReceiverAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = ("url", "partner", "failing_since", "disabled_at", "created_at")
    period = Period("id", 90)
    partner_ordering = ("-created_at", "-id")
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "Receiver ID or partner ID"
    ordering = ("-id",)
    fields = list_display
    phone = ("url", "failing_since", "partner", "disabled_at")


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = ("at", "partner", "delivery", "outcome", "error", "took")
    period = Period("at", 1)
    search_terms = (Term("delivery_id", ID), Term("pk", ID))
    search_help_text = "Event ID or attempt ID"
    ordering = ("-at", "-id")
    fields = (*list_display, "response_body")
    phone = ("partner", "outcome", "error", "at")
    took = number_column("milliseconds", "Duration", duration_text)

    @admin.display(description="Response")
    def outcome(self, attempt: WebhookAttempt) -> str:
        kind = "ok" if attempt.is_success else "failed"
        return state_cell(kind, str(attempt.status or "No response"))


link_targets(WebhookDelivery, "webhook.")
