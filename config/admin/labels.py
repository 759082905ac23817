"""How the fields of our models are called on pages, where their own names do not say it well."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db import models

_WORDS = {"id": "ID", "ids": "IDs", "url": "URL", "ok": "OK", "ms": "(ms)", "milliseconds": "ms"}
_LIBRARIES = ("django.", "django_q.", "allauth.")


def spell_labels() -> None:
    """Change labels alone: migrations know the names that the models give."""
    for model in apps.get_models():
        if not model.__module__.startswith(_LIBRARIES):
            for field in model._meta.local_fields:
                field.verbose_name = _label_of(field)


def _label_of(field: models.Field[Any, Any]) -> str:
    """Return "ID" for "id", "paid" for "paid at", "active" for "is active"."""
    label = str(field.verbose_name)
    if isinstance(field, models.GenericIPAddressField):
        return label.replace("address", "IP address")
    if isinstance(field, models.DateTimeField):
        return "time" if label == "at" else label.removesuffix(" at")
    if field.name == "state" and field.choices:
        return "status"
    label = label.removeprefix("is ") if isinstance(field, models.BooleanField) else label
    return re.sub(r"[a-z]+", lambda word: _WORDS.get(word[0], word[0]), label)
