"""The finder of images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from accounts.permissions import Permission
from config.pages.finders import ID, Hit, finder
from imaging.models import ImageOperation


@finder(kind=gettext_lazy("Images"), icon="image", form=ID, permission=Permission.SEE_CALLS)
def operations_by_id(request: Any, term: str) -> Iterable[Hit]:
    rows = ImageOperation.objects.of(request.partner.pk).filter(pk=term.lower())
    return [
        Hit(
            f"{row.get_action_display()}, {row.get_mode_display().lower()}",
            reverse("operation", args=[row.pk]),
            gettext("Test") if row.is_test else date_format(row.created_at),
        )
        for row in rows
    ]
