"""Compare responses of the API with its OpenAPI description.

Every response of the test client goes through `check`: what a test sees of the API is described, or
the test fails.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs

from config.api.chain import is_api_path
from config.openapi.generator import read_schema
from config.openapi.postman import resolve

#: Codes whose messages name what is wrong: a field, or an integration that staff registered.
_FREE = {
    "invalid_field",
    "invalid_parameter",
    "invalid_json",
    "invalid_phone",
    "invalid_body",
    "missing_credentials",
}
#: Before any endpoint, or from the framework: the text of the description names them.
_OUTSIDE = {"route_not_found", "method_not_allowed", "invalid_request", "malformed_http"}
_HEADERS = {"Retry-After", "WWW-Authenticate", "X-Operation-Id", "Idempotent-Replayed"}
_VARIABLE = re.compile(r"'[^']*'|\d[\d.,]*")


def check(method: str, path: str, response: Any) -> None:
    """Raise `AssertionError` unless status, code, message and every member are described."""
    if not is_api_path(path) or not _is_json(response):
        return
    body = json.loads(response.content)
    if body.get("code") in _OUTSIDE and not body["success"]:
        return
    operation = find_operation(method, path)
    if operation is None and body.get("code") == "too_many_refused_requests":
        return
    assert operation, f"{method} {path} is not described"
    status = str(response.status_code)
    assert status in operation["responses"], f"{method} {path}: {status} is not described: {body}"
    described = resolve(read_schema(), operation["responses"][status])
    content = described["content"]["application/json"]
    _check_members(content["schema"]["$ref"], body, f"{method} {path}")
    if "code" in body:
        _check_error(content["examples"], body, f"{method} {path}")
    missing = {"Retry-After", "WWW-Authenticate"} & response.headers.keys() - described[
        "headers"
    ].keys()
    assert not missing, f"{method} {path}: {missing} not described"


def find_operation(method: str, path: str) -> dict[str, Any] | None:
    """Return the operation of a path; who calls is checked before the method."""
    for pattern, methods in _patterns():
        if pattern.fullmatch(path):
            operation: dict[str, Any] = methods.get(method.lower()) or next(iter(methods.values()))
            return operation
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Return the paths, those without parameters first."""
    paths = sorted(read_schema()["paths"].items(), key=lambda each: each[0].count("{"))
    return [
        (re.compile(re.sub(r"{\w+}", "[^/]+", path) + "/?"), methods) for path, methods in paths
    ]


def _is_json(response: Any) -> bool:
    is_stream = getattr(response, "streaming", False)
    kind = response.headers.get("Content-Type", "")
    return not is_stream and kind == "application/json" and bool(response.content)


def _check_members(reference: str, body: dict[str, Any], where: str) -> None:
    for error in validator(reference).iter_errors(body):
        place = ".".join(str(each) for each in error.instance_path)
        raise AssertionError(f"{where}: {place or 'the body'} is not as described: {error.message}")


def _check_error(examples: dict[str, Any], body: dict[str, Any], where: str) -> None:
    described = [each["value"] for each in examples.values()]
    of_code = [each for each in described if each["code"] == body["code"]]
    assert of_code, f"{where}: {body['code']} is not described: {body}"
    messages = {shape_of(each["message"]) for each in of_code}
    is_known = body["code"] in _FREE or shape_of(body["message"]) in messages
    assert is_known, f"{where}: the message is not described: {body['message']}"


def shape_of(message: str) -> str:
    """Return a message without what differs from one call to the next."""
    return _VARIABLE.sub("#", message.partition(": ")[0])


@cache
def validator(reference: str) -> Any:
    """Return what checks a body; unlike partners, the tests accept no member beyond those."""
    components = read_schema()["components"]
    strict = {
        name: {**schema, "additionalProperties": False} if "properties" in schema else schema
        for name, schema in components["schemas"].items()
    }
    root = {"$ref": reference, "components": {"schemas": strict}}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True)
