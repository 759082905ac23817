"""Dashboard pages: webhooks and the signature debugger."""

from __future__ import annotations

from django.urls import path

from integrations.views import deliveries, signatures

urlpatterns = [
    path("webhooks/", deliveries.webhooks, name="webhooks"),
    path("webhooks/resend/", deliveries.resend_all, name="webhooks-resend"),
    path("webhooks/signatures/", signatures.signatures, name="webhook-signatures"),
    path("webhooks/<id:delivery_id>/", deliveries.webhook, name="webhook"),
    path("webhooks/<id:delivery_id>/resend/", deliveries.resend, name="webhook-resend"),
]
