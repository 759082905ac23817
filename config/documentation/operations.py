"""Endpoints and events as the OpenAPI description has them, in Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from accounts.endpoints import ID, Endpoint, get_endpoint
from config.documentation.samples import PLACEHOLDERS, Request, sample_markdown
from config.documentation.tables import table
from config.openapi.generator import read_schema
from integrations.event_types import event_type

_JSON = "application/json"
_CHOICES = ("allOf", "anyOf", "oneOf")
#: Every endpoint has these; the pages on authentication and errors have them once.
_SHARED_STATUSES = ("401", "403", "405", "408", "413", "415", "429")
_SHARED_CODES = (
    "idempotency_key_in_use",
    "idempotency_key_reused",
    "internal_error",
    "invalid_body",
    "invalid_idempotency_key",
    "invalid_json",
    "invalid_request",
    "unavailable",
)


def operation_markdown(name: str) -> str:
    """Describe an endpoint: address, parameters, sample, responses, errors."""
    operation = find_operation(name)
    each = get_endpoint(name)
    blocks = [
        f"`{each.method} {_path(name)}`",
        _parameters(operation),
        endpoint_sample(name),
        *_successes(operation),
        *_errors(operation),
    ]
    return "\n\n".join(block for block in blocks if block)


def sample_section(name: str) -> str:
    """Return a heading with the endpoint's label, its address and a sample."""
    each = get_endpoint(name)
    return f"### {each.label}\n\n`{each.method} {_path(name)}`\n\n{endpoint_sample(name)}"


def endpoint_sample(name: str) -> str:
    return sample_markdown(example_request(name), name)


def find_operation(name: str) -> dict[str, Any]:
    """Raise `KeyError` for an endpoint that is not described."""
    operation: dict[str, Any] = read_schema()["paths"][_path(name)][
        get_endpoint(name).method.lower()
    ]
    return operation


def _path(name: str) -> str:
    """Return the path as the description has it, with names for its parameters."""
    endpoint = get_endpoint(name)
    for path in read_schema()["paths"]:
        if re.sub(r"\{\w+\}", ID, path) == endpoint.path:
            return str(path)
    raise KeyError(name)


def example_request(name: str) -> Request:
    """Return the first example of an endpoint, with a placeholder for the key."""
    operation, endpoint = find_operation(name), get_endpoint(name)
    parameters = [_resolve(each) for each in operation.get("parameters", ())]
    path = re.sub(
        r"\{(\w+)\}",
        lambda found: next(str(_example(each)) for each in parameters if each["name"] == found[1]),
        _path(name),
    )
    query = "&".join(
        f"{each['name']}={_example(each)}"
        for each in parameters
        if each["in"] == "query" and (each.get("required") or "example" in each)
    )
    return Request(
        endpoint.method,
        f"{settings.PUBLIC_URL}{path}{'?' if query else ''}{query}",
        PLACEHOLDERS[_api(endpoint)],
        _body_example(operation),
    )


def _api(endpoint: Endpoint) -> str:
    return "image" if endpoint.path.startswith("/partner/") else "management"


def _example(parameter: dict[str, Any]) -> Any:
    return parameter.get("example", parameter.get("schema", {}).get("example", ""))


def _body_example(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get(_JSON, {})
    return next((each["value"] for each in content.get("examples", {}).values()), None)


def _parameters(operation: dict[str, Any]) -> str:
    rows = [
        (f"`{each['name']}`", _type(each["schema"]), _yes(each.get("required")), _text(each))
        for each in map(_resolve, operation.get("parameters", ()))
        if each["in"] in ("query", "path")
    ]
    body = operation.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema")
    rows += _members(_resolve(body)) if body else []
    return table(_columns(gettext("Parameter")), rows) if rows else ""


def model_markdown() -> str:
    """List the members of an account, as createAccount takes them."""
    content = find_operation("accounts.create")["requestBody"]["content"][_JSON]
    return table(_columns(gettext("Field")), _members(_resolve(content["schema"])))


def _columns(first: str) -> tuple[str, str, str, str]:
    return first, gettext("Type"), gettext("Required"), gettext("Description")


def _members(schema: dict[str, Any], prefix: str = "") -> list[tuple[str, str, str, str]]:
    rows: list[tuple[str, str, str, str]] = []
    required = schema.get("required", ())
    for name, given in sorted(
        schema.get("properties", {}).items(), key=lambda each: each[0] not in required
    ):
        member = _resolve(given)
        text = _text(given) or _text(member)
        rows.append((f"`{prefix}{name}`", _type(member), _yes(name in required), text))
        rows += _members(member, f"{prefix}{name}.")
    return rows


def _yes(is_required: Any) -> str:
    return gettext("Yes") if is_required else gettext("No")


def _text(schema: dict[str, Any]) -> str:
    """Return the description with the values and limits that the schema knows."""
    inner = schema.get("schema", schema)
    parts = [_translated(str(schema.get("description", "")))]
    values = [each for each in inner.get("enum", ()) if each is not None]
    if len(values) > 1:
        named = ", ".join(f"`{each}`" for each in values)
        parts.append(gettext("One of %(values)s.") % {"values": named})
    if inner.get("default") is not None:
        parts.append(gettext("Default: `%(value)s`.") % {"value": inner["default"]})
    return " ".join(filter(None, parts))


def _translated(description: str) -> str:
    """Descriptions are marked where they are declared; the description itself is English."""
    text, _, default = description.strip().partition(" Default: ")
    parts = [gettext(text).replace("\n", " ") if text else ""]
    if default:
        parts.append(gettext("Default: `%(value)s`.") % {"value": default.strip("`.")})
    return " ".join(parts)


def _type(schema: dict[str, Any]) -> str:
    return f"`{_type_name(schema)}`"


def _type_name(schema: dict[str, Any]) -> str:
    schema = _resolve(schema)
    kind = schema.get("type", "object" if "properties" in schema else "")
    kinds = [each for each in ([kind] if isinstance(kind, str) else kind) if each != "null"]
    if kinds == ["array"]:
        return f"{_type_name(schema.get('items', {}))}[]"
    return " | ".join(filter(None, kinds)) or "any"


def _successes(operation: dict[str, Any]) -> Iterator[str]:
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for summary, value in _examples(response):
                yield _json_block(f"{status} {gettext(summary)}", value)


def _errors(operation: dict[str, Any]) -> Iterator[str]:
    """List the errors that this endpoint has beyond those of all endpoints."""
    rows = [
        (status, f"`{value['message']}`", f"`{value.get('code', '')}`")
        for status, response in operation["responses"].items()
        if status >= "400" and status not in _SHARED_STATUSES
        for _, value in _examples(response)
        if value.get("code") not in _SHARED_CODES
    ]
    if rows:
        yield f"**{gettext('Errors')}**"
        yield table((gettext("Status"), gettext("Message"), gettext("Code")), rows)


def _examples(response: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    content = _resolve(response).get("content", {}).get(_JSON, {})
    for name, example in content.get("examples", {}).items():
        yield example.get("summary", name), _resolve(example)["value"]


def _json_block(title: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return f'```json title="{title}"\n{text}\n```'


def event_text(name: str) -> str:
    """Return what the description says of an event, in the reader's language."""
    return str(event_type(name).description)


def _resolve(node: Any) -> dict[str, Any]:
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
