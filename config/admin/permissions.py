"""What each group of staff may do: each app says so in its module `staff_permissions`.

    allow(FINANCE, "billing.view_purchase", "billing.change_purchase")

`migrate` creates the groups and gives them exactly what is registered. No page changes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

SUPPORT, FINANCE, OPERATIONS, ADMIN = GROUPS = ("support", "finance", "operations", "admin")

_registered: dict[str, set[str]] = {group: set() for group in GROUPS}


def allow(groups: str | Iterable[str], *permissions: str) -> None:
    """Give permissions to a group, or to several; `GROUPS` are all of them.

    The group `admin` gets every permission that is registered.
    """
    chosen = {groups} if isinstance(groups, str) else set(groups)
    if unknown := chosen - set(GROUPS):
        raise ValueError(f"Unknown groups: {', '.join(sorted(unknown))}")
    for group in chosen | {ADMIN}:
        _registered[group].update(permissions)


def view(app_label: str, *models: str) -> list[str]:
    """Return the permissions to see these models of an app."""
    return [f"{app_label}.view_{model}" for model in models]


def registered_permissions() -> frozenset[str]:
    return permissions_of_group(ADMIN)


def permissions_of_group(group: str) -> frozenset[str]:
    return frozenset(_registered[group])


def install_groups(*, using: str, **_: Any) -> None:
    """Receive `post_migrate` of the last app: create the groups and give them what is registered.

    After `migrate` of a single app, tables may be missing; the next `migrate` makes up for it.
    """
    if using != DEFAULT_DB_ALIAS or not _has_tables():
        return
    with transaction.atomic():
        for name, wanted in _registered.items():
            group, _created = Group.objects.get_or_create(name=name)
            group.permissions.set(_named(wanted))


def _has_tables() -> bool:
    found = connection.introspection.table_names()
    return {Group._meta.db_table, Permission._meta.db_table} <= set(found)


def _named(names: Iterable[str]) -> Iterable[Permission]:
    name = Concat(F("content_type__app_label"), Value("."), F("codename"))
    return Permission.objects.annotate(full_name=name).filter(full_name__in=names)
