"""What staff do with webhooks, each on a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.admin.acts import act_button, back_to, facts_of, partner_act
from accounts.models import Partner
from config.admin.acts import Act, ConfirmForm, confirm_act, object_act, posted
from config.admin.options import actor_of
from config.admin.pages import staff_page
from config.admin.sections import Section
from config.grouping import group_digits
from integrations.models import WebhookDelivery
from integrations.services.resending import (
    MAX_RESENT,
    DeliveryCancelled,
    resend_delivery,
    resend_failed,
)

_RESEND = "integrations.change_webhookdelivery"


@partner_act(title="Resend failed webhooks", name="resend-webhooks", permission=_RESEND)
def resend_all(request: HttpRequest, partner: Partner) -> HttpResponse:
    mine = WebhookDelivery.objects.of(partner.pk)
    number = mine.failed()[: MAX_RESENT + 1].count()
    act = Act(
        title="Resend the failed webhooks of this partner?",
        consequence=(
            f"The oldest {group_digits(MAX_RESENT)} are sent again with the same event IDs."
        ),
        button="Resend webhooks",
        back=back_to(partner),
        facts=[
            *facts_of(partner),
            ("Failed", f"more than {group_digits(MAX_RESENT)}" if number > MAX_RESENT else number),
        ],
    )

    def perform(_given: dict[str, Any]) -> str:
        resent = resend_failed(partner=partner, deliveries=mine, actor=actor_of(request))
        return f"Queued for delivery: {group_digits(resent)}."

    return confirm_act(request, act, perform, form=ConfirmForm(posted(request)))


@staff_page(
    title="Resend a webhook",
    name="delivery-resend",
    route="integrations/webhookdelivery/<id:delivery_id>/resend/",
    permission=_RESEND,
    section=Section.WEBHOOKS,
)
def resend_one(request: HttpRequest, delivery_id: str) -> HttpResponse:
    rows = WebhookDelivery.objects.of_all().select_related("partner", "endpoint")
    delivery = get_object_or_404(rows, pk=delivery_id)
    act = Act(
        title="Resend this webhook?",
        consequence="The receiver gets it again with the same event ID.",
        button="Resend webhook",
        back=reverse("admin:integrations_webhookdelivery_change", args=[delivery.pk]),
        facts=[
            ("Event", delivery.event),
            ("Receiver", delivery.endpoint.url),
            ("Partner", delivery.partner.name),
        ],
    )

    def perform(_given: dict[str, Any]) -> str:
        resend_delivery(delivery=delivery, actor=actor_of(request))
        return "Queued for delivery."

    form = ConfirmForm(posted(request))
    return confirm_act(request, act, perform, form=form, errors=(DeliveryCancelled,))


act_button("Resend failed webhooks", "resend-webhooks", _RESEND, 50)
object_act(
    "integrations.webhookdelivery",
    label="Resend",
    page="delivery-resend",
    permission=_RESEND,
    applies=lambda delivery: delivery.state != WebhookDelivery.State.CANCELLED,
)
