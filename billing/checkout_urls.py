"""Where people pay when the payment service is our own sandbox."""

from __future__ import annotations

from django.urls import path

from billing.views import checkout

urlpatterns = [
    path("sandbox/<slug:reference>/", checkout.sandbox_checkout, name="sandbox-checkout"),
]
