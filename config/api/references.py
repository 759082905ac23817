"""`externalId` and `metadata` of requests, and the filter by `externalId`."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_noop
from rest_framework import serializers

from config.api.serializers import REQUIRED, StrictSerializer, TextField
from config.db.references import NO_REFERENCES, References

MAX_MEMBERS = 20
MAX_VALUE = 500
#: A letter first: JavaScript moves members whose names are numbers, which would change the bytes
#: that receivers of webhooks sign; and `__proto__` is none for receivers to handle.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}\Z")


class MetadataField(serializers.Field[dict[str, str], Any, dict[str, str], Any]):
    """An object of up to 20 short strings."""

    json_schema = {
        "type": "object",
        "maxProperties": MAX_MEMBERS,
        "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_.-]{0,39}$"},
        "additionalProperties": {"type": "string", "maxLength": MAX_VALUE},
    }

    default_error_messages = {
        **REQUIRED,
        "type": "must be an object",
        "size": f"must have at most {MAX_MEMBERS} members",
        "name": "names must have 1 to 40 letters, digits or . _ - and begin with a letter",
        "value": f"values must be strings of at most {MAX_VALUE} characters",
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict):
            self.fail("type")
        if len(data) > MAX_MEMBERS:
            self.fail("size")
        if not all(_NAME.match(name) for name in data):
            self.fail("name")
        if not all(isinstance(text, str) and len(text) <= MAX_VALUE for text in data.values()):
            self.fail("value")
        return data

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return value


class ReferenceSerializer(StrictSerializer):
    """The notes of a request; null clears one."""

    externalId = TextField(  # noqa: N815 - its name in the API
        max_length=100, required=False, allow_null=True, help_text=gettext_noop("Your own ID.")
    )
    metadata = MetadataField(
        required=False,
        allow_null=True,
        help_text=gettext_noop("Your own notes, returned wherever this is."),
    )


def read_references(body: dict[str, Any]) -> References:
    """Read the notes of a request; raise 400 for the first invalid one."""
    if "externalId" not in body and "metadata" not in body:
        return NO_REFERENCES
    values = ReferenceSerializer().read(body)
    return References(values.get("externalId") or "", values.get("metadata") or {})
