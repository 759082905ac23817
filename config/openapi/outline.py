"""The endpoints by group, which the reference lists before it is interactive."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from config.openapi.types import Schema


class Line(NamedTuple):
    """An endpoint; `fragment` is the address at which Swagger UI opens it."""

    method: str
    path: str
    summary: str
    fragment: str


class Group(NamedTuple):
    name: str
    description: str
    lines: list[Line]


def list_groups(schema: Schema) -> list[Group]:
    """Return groups and endpoints in the order of the description."""
    lines: dict[str, list[Line]] = {tag["name"]: [] for tag in schema["tags"]}
    for path, operations in schema["paths"].items():
        for method, each in operations.items():
            [group] = each["tags"]
            fragment = f"#/{quote(group)}/{quote(each['operationId'])}"
            lines[group].append(Line(method.upper(), path, each["summary"], fragment))
    return [Group(tag["name"], tag["description"], lines[tag["name"]]) for tag in schema["tags"]]
