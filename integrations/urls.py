"""Dashboard pages: webhooks and the signature debugger."""

from __future__ import annotations

from django.urls import path

from integrations.views import deliveries, endpoint_settings, endpoints, signatures

urlpatterns = [
    path("webhooks/", deliveries.webhooks, name="webhooks"),
    path("webhooks.csv", deliveries.webhooks_csv, name="webhooks-csv"),
    path("webhooks/resend/", deliveries.resend_all, name="webhooks-resend"),
    path("webhooks/signatures/", signatures.signatures, name="webhook-signatures"),
    path("webhooks/endpoints/", endpoints.endpoints, name="webhook-endpoints"),
    path("webhooks/endpoints/default/", endpoint_settings.default, name="webhook-default"),
    path(
        "webhooks/endpoints/default/remove/",
        endpoint_settings.remove_default,
        name="webhook-default-remove",
    ),
    path("webhooks/endpoints/<id:receiver_id>/", endpoints.endpoint, name="webhook-endpoint"),
    path("webhooks/endpoints/<id:receiver_id>/test/", endpoints.test, name="webhook-test"),
    path("webhooks/endpoints/<id:receiver_id>/enable/", endpoints.enable, name="webhook-enable"),
    path(
        "webhooks/endpoints/<id:receiver_id>/resend/",
        endpoints.resend,
        name="webhook-resend-missed",
    ),
    path("webhooks/endpoints/<id:receiver_id>/url/", endpoint_settings.url, name="webhook-url"),
    path(
        "webhooks/endpoints/<id:receiver_id>/secret/",
        endpoint_settings.secret,
        name="webhook-secret",
    ),
    path(
        "webhooks/endpoints/<id:receiver_id>/secret/retire/",
        endpoint_settings.retire_secret,
        name="webhook-secret-retire",
    ),
    path("webhooks/<id:delivery_id>/", deliveries.webhook, name="webhook"),
    path("webhooks/<id:delivery_id>/resend/", deliveries.resend, name="webhook-resend"),
]
