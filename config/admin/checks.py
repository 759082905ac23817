"""Checks of what apps have registered for staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth import get_permission_codename
from django.core.checks import CheckMessage, Error, register

from config.admin.permissions import registered_permissions


@register
def check_staff_permissions(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    known = {name for model in apps.get_models() for name in _permissions_of(model)}
    for name in sorted(registered_permissions() - known):
        yield Error(
            f"A staff group has the permission {name!r}, which no model declares.",
            hint="Correct it in the app's module staff_permissions.",
            id="shopiq.E070",
        )


def _permissions_of(model: Any) -> Iterable[str]:
    options = model._meta
    defaults = [get_permission_codename(action, options) for action in options.default_permissions]
    for codename in (*defaults, *(codename for codename, _ in options.permissions)):
        yield f"{options.app_label}.{codename}"
