"""Admin pages for webhook deliveries, with resending."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, actor_of, confirm, datetime_column
from integrations.models import WebhookAttempt, WebhookDelivery
from integrations.services.webhooks import DeliveryCancelled, resend_delivery


class WebhookAttemptInline(ReadOnlyInline):
    model = WebhookAttempt
    fields = readonly_fields = ("at_utc", "status", "error", "milliseconds", "response_body")
    at_utc = datetime_column("at", "Time")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "event", "state", "attempts_made", "created", "due", "ended")
    list_filter = ("state", "event")
    list_select_related = ("partner",)
    search_fields = ("id__exact", "stream__exact", "partner__id__exact")
    search_help_text = "Search by event ID, deployment ID or partner ID."
    ordering = ("-id",)
    fields = (*list_display, "stream", "receiver", "payload")
    inlines = (WebhookAttemptInline,)
    actions = ("resend",)
    created = datetime_column("created_at", "Created")
    due = datetime_column("due_at", "Next attempt")
    ended = datetime_column("ended_at", "Ended")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return super().get_queryset(request).select_related("endpoint")

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
