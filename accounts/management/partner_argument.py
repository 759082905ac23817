"""The PARTNER_ID argument of commands."""

from __future__ import annotations

from django.core.management.base import CommandError

from accounts.models import Partner


def find_partner(partner_id: str) -> Partner:
    try:
        return Partner.objects.get(pk=partner_id)
    except Partner.DoesNotExist:
        raise CommandError(f"Partner {partner_id} not found.") from None
