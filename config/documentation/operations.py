"""Endpoints and events as the OpenAPI description has them, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from accounts.endpoints import Endpoint, get_endpoint
from config.documentation.description import JSON, find_operation, path_of, resolve
from config.documentation.limits import limits_of
from config.documentation.responses import error_blocks, json_block, success_blocks
from config.documentation.samples import PLACEHOLDERS, Request, sample_markdown
from config.documentation.tables import table
from integrations.event_types import event_type


def operation_markdown(name: str) -> str:
    """Describe an endpoint: address, parameters, sample, responses, errors."""
    operation = find_operation(name)
    each = get_endpoint(name)
    blocks = [
        f"`{each.method} {path_of(name)}`",
        _parameters(operation),
        endpoint_sample(name),
        *_further_bodies(operation),
        *success_blocks(operation),
        *error_blocks(operation),
    ]
    return "\n\n".join(block for block in blocks if block)


def sample_section(name: str) -> str:
    """Return a heading with the endpoint's label, its address and a sample."""
    each = get_endpoint(name)
    return f"### {each.label}\n\n`{each.method} {path_of(name)}`\n\n{endpoint_sample(name)}"


def endpoint_sample(name: str) -> str:
    return sample_markdown(example_request(name), name)


def example_request(name: str) -> Request:
    """Return the first example of an endpoint, with a placeholder for the key."""
    operation, endpoint = find_operation(name), get_endpoint(name)
    parameters = [resolve(each) for each in operation.get("parameters", ())]
    path = re.sub(
        r"\{(\w+)\}",
        lambda found: next(str(_example(each)) for each in parameters if each["name"] == found[1]),
        path_of(name),
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
    return next((each["value"] for each in _body_examples(operation)), None)


def _further_bodies(operation: dict[str, Any]) -> Iterator[str]:
    """Show the bodies that the sample does not send."""
    for example in _body_examples(operation)[1:]:
        summary = gettext(example["summary"])
        yield json_block(gettext("Request: %(summary)s") % {"summary": summary}, example["value"])


def _body_examples(operation: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
    return list(content.get("examples", {}).values())


def _parameters(operation: dict[str, Any]) -> str:
    rows = [
        (f"`{each['name']}`", _type(each["schema"]), _yes(each.get("required")), _text(each))
        for each in map(resolve, operation.get("parameters", ()))
        if each["in"] in ("query", "path")
    ]
    body = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    rows += _members(resolve(body)) if body else []
    conditional = [f"`{name}`" for name in operation.get("x-conditional", ())]
    rows = [
        (name, kind, gettext("Conditional") if name in conditional else required, text)
        for name, kind, required, text in rows
    ]
    return table(_columns(gettext("Parameter")), rows) if rows else ""


def model_markdown() -> str:
    """List the members of an account, as createAccount takes them."""
    content = find_operation("accounts.create")["requestBody"]["content"][JSON]
    return table(_columns(gettext("Field")), _members(resolve(content["schema"])))


def _columns(first: str) -> tuple[str, str, str, str]:
    return first, gettext("Type"), gettext("Required"), gettext("Description")


def _members(schema: dict[str, Any], prefix: str = "") -> list[tuple[str, str, str, str]]:
    rows: list[tuple[str, str, str, str]] = []
    required = schema.get("required", ())
    for name, given in sorted(
        schema.get("properties", {}).items(), key=lambda each: each[0] not in required
    ):
        member = resolve(given)
        text = _text(given) or _text(member)
        rows.append((f"`{prefix}{name}`", _type(member), _yes(name in required), text))
        rows += _members(member, f"{prefix}{name}.")
        if items := member.get("items"):
            rows += _members(resolve(items), f"{prefix}{name}[].")
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
    parts += limits_of(inner)
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
    schema = resolve(schema)
    kind = schema.get("type", "object" if "properties" in schema else "")
    kinds = [each for each in ([kind] if isinstance(kind, str) else kind) if each != "null"]
    if kinds == ["array"]:
        return f"{_type_name(schema.get('items', {}))}[]"
    return " | ".join(filter(None, kinds)) or "any"


def event_text(name: str) -> str:
    """Return what the description says of an event, in the reader's language."""
    return str(event_type(name).description)
