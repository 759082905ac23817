"""The description as a collection for Postman (Collection Format 2.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
#: The variable with the key, by what the path begins with.
_KEYS = {"/partner/": "imageKey", "/api/": "managementKey"}

Item = dict[str, Any]


def postman_collection(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a folder for each group; keys and the base URL are variables of the collection."""
    folders: dict[str, list[Item]] = {tag["name"]: [] for tag in schema["tags"]}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            folders[operation["tags"][0]].append(_item(schema, path, method.upper(), operation))
    return {
        "info": {
            "name": schema["info"]["title"],
            "description": schema["info"]["description"],
            "version": schema["info"]["version"],
            "schema": _SCHEMA,
        },
        "variable": [
            _variable("baseUrl", schema["servers"][0]["url"]),
            _variable("imageKey", "", "A key that begins with sq_test_ or sq_live_."),
            _variable("managementKey", "", "A key that begins with sq_mgmt_test_ or sq_mgmt_."),
        ],
        "item": [{"name": name, "item": items} for name, items in folders.items() if items],
    }


def _item(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Item:
    parameters = [resolve(schema, each) for each in operation.get("parameters", [])]
    key = next(name for prefix, name in _KEYS.items() if path.startswith(prefix))
    request: Item = {
        "method": method,
        "description": operation["description"],
        "auth": {
            "type": "apikey",
            "apikey": [
                {"key": "key", "value": "X-API-Key", "type": "string"},
                {"key": "value", "value": f"{{{{{key}}}}}", "type": "string"},
                {"key": "in", "value": "header", "type": "string"},
            ],
        },
        "header": [_optional(each) for each in parameters if each["in"] == "header"],
        "url": _url(path, parameters),
    }
    if body := operation.get("requestBody"):
        request["header"].insert(0, {"key": "Content-Type", "value": "application/json"})
        request["body"] = {
            "mode": "raw",
            "raw": _first_example(body),
            "options": {"raw": {"language": "json"}},
        }
    responses = list(_responses(schema, operation, request))
    return {"name": operation["summary"], "request": request, "response": responses}


def _url(path: str, parameters: list[Item]) -> Item:
    parts = [re.sub(r"^{(\w+)}$", r":\1", part) for part in path.strip("/").split("/")]
    query = [_optional(each) for each in parameters if each["in"] == "query"]
    sent = "&".join(f"{each['key']}={each['value']}" for each in query if not each["disabled"])
    url: Item = {
        "raw": f"{{{{baseUrl}}}}/{'/'.join(parts)}{f'?{sent}' if sent else ''}",
        "host": ["{{baseUrl}}"],
        "path": parts,
    }
    if query:
        url["query"] = query
    if variables := [each for each in parameters if each["in"] == "path"]:
        url["variable"] = [
            {
                "key": each["name"],
                "value": each.get("example", ""),
                "description": each["description"],
            }
            for each in variables
        ]
    return url


def _optional(parameter: Item) -> Item:
    """Describe a header or a query parameter; only a required one is switched on."""
    return {
        "key": parameter["name"],
        "value": str(parameter.get("example", "")),
        "description": parameter.get("description", ""),
        "disabled": not parameter.get("required", False),
    }


def _responses(schema: dict[str, Any], operation: Item, request: Item) -> Iterator[Item]:
    for status, response in operation["responses"].items():
        described = resolve(schema, response)
        examples = described["content"]["application/json"]["examples"].items()
        # One error of each status, or the collection would be many times as large.
        for name, example in islice(examples, 1 if int(status) >= 400 else None):
            yield {
                "name": f"{status} {name}",
                "originalRequest": {key: request[key] for key in ("method", "header", "url")},
                "status": described["description"],
                "code": int(status),
                "_postman_previewlanguage": "json",
                "header": [{"key": "Content-Type", "value": "application/json"}],
                "body": _pretty(example["value"]),
            }


def _first_example(body: Item) -> str:
    examples = body["content"]["application/json"].get("examples", {})
    return _pretty(next((each["value"] for each in examples.values()), {}))


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _variable(key: str, value: str, description: str = "") -> Item:
    return {"key": key, "value": value, "type": "string", "description": description}


def resolve(schema: dict[str, Any], part: Any) -> Any:
    """Follow a reference such as `#/components/parameters/Prefer`."""
    while "$ref" in part:
        found: Any = schema
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part
