"""Addresses outside the dashboard: webhooks of payment gateways, and the sandbox's checkout."""

from __future__ import annotations

from django.urls import path

from billing.views import sandbox
from billing.views.razorpay_webhook import receive

urlpatterns = [
    path("payments/razorpay/webhook", receive, name="razorpay-webhook"),
    path("checkout/sandbox/<slug:reference>/", sandbox.sandbox_checkout, name="sandbox-checkout"),
]
