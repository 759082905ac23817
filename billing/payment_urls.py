"""Addresses that payment gateways call."""

from __future__ import annotations

from django.urls import path

from billing.views.razorpay_webhook import receive

urlpatterns = [path("razorpay/webhook", receive, name="razorpay-webhook")]
