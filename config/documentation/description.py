"""Where the OpenAPI description says what of an endpoint."""

from __future__ import annotations

import re
from typing import Any

from accounts.endpoints import ID, get_endpoint
from config.openapi.generator import read_schema

JSON = "application/json"
_CHOICES = ("allOf", "anyOf", "oneOf")


def find_operation(name: str) -> dict[str, Any]:
    """Raise `KeyError` for an endpoint that is not described."""
    operation: dict[str, Any] = read_schema()["paths"][path_of(name)][
        get_endpoint(name).method.lower()
    ]
    return operation


def path_of(name: str) -> str:
    """Return the path as the description has it, with names for its parameters."""
    endpoint = get_endpoint(name)
    for path in read_schema()["paths"]:
        if re.sub(r"\{\w+\}", ID, path) == endpoint.path:
            return str(path)
    raise KeyError(name)


def resolve(node: Any) -> dict[str, Any]:
    """Follow references inside the description, also those of what can be null."""
    while True:
        if "$ref" in node:
            found: Any = read_schema()
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        elif choices := next((node[word] for word in _CHOICES if word in node), None):
            node = next(each for each in choices if each.get("type") != "null")
        else:
            return dict(node)
