"""The finder of images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from config.pages.finders import ID, Hit, finder
from imaging.models import ImageOperation


@finder(kind="Images", icon="image", form=ID, permission=Permission.SEE_CALLS)
def operations_by_id(request: Any, term: str) -> Iterable[Hit]:
    rows = ImageOperation.objects.of(request.partner.pk).filter(pk=term.lower())
    return [
        Hit(
            f"{row.get_action_display()}, {row.get_mode_display().lower()}",
            reverse("operation", args=[row.pk]),
            "Test" if row.is_test else f"{row.created_at:%-d %b %Y}",
        )
        for row in rows
    ]
