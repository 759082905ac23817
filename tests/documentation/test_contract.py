"""The examples of the API documentation that partners were given, found again in ours.

`contract.json` has them literally, without what the documentation elides.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from config.openapi.generator import read_schema
from config.openapi.postman import resolve
from tests.described import shape_of, validator

CONTRACT: dict[str, Any] = json.loads(Path(__file__).with_name("contract.json").read_text())
ENDPOINTS = pytest.mark.parametrize(
    "given", CONTRACT["endpoints"], ids=[each["path"] for each in CONTRACT["endpoints"]]
)
#: Null until something is known, or never with a test key.
MAY_BE_NULL = {"remainingBalance"}


def operation_of(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = read_schema()["paths"][given["path"]][given["method"].lower()]
    return found


def content_of(described: Any) -> dict[str, Any]:
    found: dict[str, Any] = resolve(read_schema(), described)["content"]["application/json"]
    return found


def examples_of(operation: dict[str, Any], status: int) -> list[Any]:
    content = content_of(operation["responses"][str(status)])
    return [each["value"] for each in content["examples"].values()]


def differences(given: Any, ours: Any, place: str = "") -> list[str]:
    """Return where an example of ours lacks a member, or has a value of another type."""
    if isinstance(given, dict) and isinstance(ours, dict):
        missing = [f"{place}.{name} is missing" for name in given.keys() - ours.keys()]
        return missing + [
            found
            for name in given.keys() & ours.keys()
            for found in differences(given[name], ours[name], f"{place}.{name}")
        ]
    if isinstance(given, list) and isinstance(ours, list):
        return [
            found
            for index, (a, b) in enumerate(zip(given, ours, strict=False))
            for found in differences(a, b, f"{place}.{index}")
        ]
    if isinstance(given, int | float) and isinstance(ours, int | float):
        return [] if isinstance(given, bool) is isinstance(ours, bool) else [f"{place} differs"]
    is_same = type(given) is type(ours) and (not place.endswith(".message") or given == ours)
    return [] if is_same or place.rpartition(".")[2] in MAY_BE_NULL else [f"{place} differs"]


def words_of(message: str) -> str:
    """Return a message without the part that the documentation leaves open."""
    return shape_of(message) if re.search(r"\[[a-z ]+\]$", message) else message


@ENDPOINTS
def test_its_request_bodies_are_accepted(given: dict[str, Any]) -> None:
    for body in given["requests"]:
        schema = content_of(operation_of(given)["requestBody"])["schema"]
        validator(schema["$ref"]).validate(body)


@ENDPOINTS
def test_its_responses_have_the_same_members_and_words(given: dict[str, Any]) -> None:
    operation = operation_of(given)
    for status, body in given["responses"]:
        found = [differences(body, each) for each in examples_of(operation, status)]
        assert [] in found, min(found, key=len)
        schema = content_of(operation["responses"][str(status)])["schema"]
        assert body.keys() <= resolve(read_schema(), schema)["properties"].keys()


@ENDPOINTS
def test_its_errors_have_the_same_words(given: dict[str, Any]) -> None:
    operation = operation_of(given)
    for status, body in [*given["errors"], *CONTRACT["everyEndpoint"]]:
        words = words_of(body["message"])
        alike = [
            example
            for example in examples_of(operation, status)
            if words in (example["message"], shape_of(example["message"]))
        ]
        assert alike, (status, body["message"])
        others = {name: value for name, value in body.items() if name != "message"}
        assert any(not differences(others, each) for each in alike), (body, alike)


@pytest.mark.parametrize("payload", CONTRACT["events"], ids=lambda payload: payload["event"])
def test_its_events_have_the_same_members_and_words(payload: dict[str, Any]) -> None:
    request = read_schema()["webhooks"][payload["event"]]["post"]["requestBody"]
    [example] = content_of(request)["examples"].values()
    assert differences(payload, example["value"]) == []


def test_its_response_of_test_mode_has_the_same_members_and_words() -> None:
    operation = read_schema()["paths"]["/partner/v1/image/create"]["post"]
    assert any(not differences(CONTRACT["testMode"], each) for each in examples_of(operation, 200))
