"""Pages of the rows that a text column names: each app registers those of its own models."""

from __future__ import annotations

from django.db.models import Model

from config.admin.columns import admin_url

_models: dict[str, type[Model]] = {}


def link_targets(model: type[Model], *prefixes: str) -> None:
    """Say that ids after these prefixes, of a path or of an audit action, name rows of `model`."""
    for prefix in prefixes:
        _models[prefix] = model


def target_url(name: str, pk: str) -> str:
    """Return the address of the row that `pk` names beside the path or action `name`, or ""."""
    fitting = [prefix for prefix in _models if name.startswith(prefix)]
    return admin_url(_models[max(fitting, key=len)], pk) if pk and fitting else ""
