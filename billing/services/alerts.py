"""Tells partners once when their points run low."""

from __future__ import annotations

from django.utils import timezone

from billing.models import BillingProfile
from billing.services.mails import send_low_balance


def send_low_balance_alerts() -> int:
    """Who is below the threshold hears of it, once until the balance was above; returns how many.

    Marked before it is sent: an alert that a crash swallows is better than one every minute.
    """
    BillingProfile.objects.to_rearm().update(alerted_at=None)
    sent = 0
    for profile in BillingProfile.objects.to_alert().select_related("partner"):
        unmarked = BillingProfile.objects.filter(pk=profile.pk, alerted_at=None)
        same_threshold = unmarked.filter(alert_threshold=profile.alert_threshold)
        if same_threshold.update(alerted_at=timezone.now()):
            send_low_balance(profile)
            sent += 1
    return sent
