"""The IDENTIFIER argument of commands."""

from __future__ import annotations

from django.core.management.base import CommandError

from deployments.models import Website


def find_website(identifier: str) -> Website:
    websites = Website.objects.of_all().select_related("partner")
    try:
        return websites.get(identifier=identifier)
    except Website.DoesNotExist:
        raise CommandError(f"Site {identifier} not found.") from None
