"""The OpenAPI description: valid, complete, and served."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from accounts.endpoints import all_endpoints
from config.api.error_codes import error_codes
from config.documentation.contents import all_pages
from config.openapi.generator import read_schema
from config.openapi.postman import resolve
from deployments.categories import CATEGORIES
from integrations.event_types import sample_names
from tests.described import validator

PATH = "/api/schema/"
#: Of the web server, before any endpoint: the description names them in its text.
OUTSIDE = {
    "route_not_found",
    "method_not_allowed",
    "request_timeout",
    "too_many_connections",
    "malformed_http",
}
#: Fallbacks for errors of the framework, which none of our views raises.
FALLBACKS = {"invalid_request"}


def operations() -> dict[str, dict[str, Any]]:
    paths = read_schema()["paths"].values()
    return {each["operationId"]: each for methods in paths for each in methods.values()}


def responses(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        status: resolve(read_schema(), response)
        for status, response in operation["responses"].items()
    }


def test_it_is_generated_without_a_warning_and_valid(tmp_path: Any) -> None:
    file = tmp_path / "openapi.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))

    schema = yaml.safe_load(file.read_text())
    OpenAPIV31SpecValidator(schema).validate()
    assert schema == read_schema()


def test_every_endpoint_is_described_once() -> None:
    described = {
        (method.upper(), path, operation.get("x-permission"))
        for path, methods in read_schema()["paths"].items()
        for method, operation in methods.items()
    }
    assert len(operations()) == len(described)
    assert {(method, name) for method, _, name in described if name} == {
        (each.method, each.name) for each in all_endpoints() if each.needs_permission
    }
    assert len(described) == len(all_endpoints())


@pytest.mark.parametrize("name", operations())
def test_every_example_is_as_described(name: str) -> None:
    operation = operations()[name]
    bodies = [*responses(operation).values()]
    if "requestBody" in operation:
        bodies.append(operation["requestBody"])
    for body in bodies:
        content = body["content"]["application/json"]
        assert content["examples"]
        for example in content["examples"].values():
            validator(content["schema"]["$ref"]).validate(example["value"])


def test_every_code_is_described_where_it_can_occur() -> None:
    described = {
        example["value"]["code"]
        for operation in operations().values()
        for status, response in responses(operation).items()
        if int(status) >= 400
        for example in response["content"]["application/json"]["examples"].values()
    }
    declared = {code.name for code in error_codes()}
    assert described == declared - OUTSIDE - FALLBACKS
    assert read_schema()["components"]["schemas"]["ErrorCode"]["enum"] == sorted(declared)
    assert all(f"`{code}`" in read_schema()["info"]["description"] for code in OUTSIDE)


def test_every_parameter_member_and_header_is_described() -> None:
    schema = read_schema()
    parts = schema["components"]
    requests = [each["post"] for each in schema["webhooks"].values()]
    members = {name: each.get("properties", {}) for name, each in parts["schemas"].items()}
    for request in requests:
        content = request["requestBody"]["content"]["application/json"]
        members[request["summary"]] = content["schema"]["properties"]
    named = [(owner, *each) for owner, some in members.items() for each in some.items()]
    named += [("header", *each) for each in parts["headers"].items()]
    for operation in (*operations().values(), *requests):
        given = [resolve(schema, each) for each in operation["parameters"]]
        named += [(operation["operationId"], each["name"], each) for each in given]

    assert [
        f"{owner}: {name}"
        for owner, name, each in named
        if not (each.get("description") or resolve(schema, each).get("description"))
    ] == []


def test_its_version_is_the_newest_of_the_changelog() -> None:
    changelog = all_pages()["changelog"].source
    assert changelog.split("## v")[1].startswith(f"{read_schema()['info']['version']}\n")


def test_events_categories_and_limits_are_those_of_the_code() -> None:
    schema = read_schema()
    assert set(schema["webhooks"]) == set(sample_names())
    shop = schema["components"]["schemas"]["NewShopInput"]["properties"]
    assert shop["businessCategory"]["items"]["enum"] == list(CATEGORIES)
    assert set(schema["components"]["securitySchemes"]) == {"apiKey", "bearer"}


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_it_is_served_and_cached(live_db: None, kind: str) -> None:
    response = Client().get(f"{PATH}?format={kind}", headers={"accept-encoding": "gzip"})

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    text = gzip.decompress(response.content)
    assert (json.loads(text) if kind == "json" else yaml.safe_load(text)) == read_schema()
    known = {"accept-encoding": "gzip", "if-none-match": response.headers["ETag"]}
    assert Client().get(f"{PATH}?format={kind}", headers=known).status_code == 304
    plain = Client().get(PATH, headers={"accept": "application/json"})
    assert plain.json() == read_schema()
    assert plain.headers["ETag"] != response.headers["ETag"]


def test_other_methods_get_the_envelope(live_db: None) -> None:
    response = Client().post(PATH, "{}", content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_the_collection_for_postman_has_every_call_with_a_variable_for_its_key(
    live_db: None,
) -> None:
    collection = Client().get("/docs/api/postman.json").json()

    assert collection["info"]["schema"].endswith("/v2.1.0/collection.json")
    variables = {each["key"] for each in collection["variable"]}
    assert variables == {"baseUrl", "imageKey", "managementKey"}
    items = [item for folder in collection["item"] for item in folder["item"]]
    assert {item["name"] for item in items} == {each.label for each in all_endpoints()}
    for item in items:
        request = item["request"]
        assert request["url"]["raw"].startswith("{{baseUrl}}/")
        is_image = request["url"]["path"][0] == "partner"
        value = next(each for each in request["auth"]["apikey"] if each["key"] == "value")["value"]
        assert value == ("{{imageKey}}" if is_image else "{{managementKey}}")
        if "body" in request:
            json.loads(request["body"]["raw"])
        assert {str(each["code"]) for each in item["response"]} >= {"401", "429"}


def test_the_reference_loads_nothing_from_elsewhere(live_db: None) -> None:
    response = Client().get("/docs/api/")

    page = response.content.decode()
    assert "<style" not in page
    assert " style=" not in page
    files = re.findall(r'(?:src|href|data-\w+)="([^"]+)"', page)
    # Its addresses in each language are whole; endpoints are fragments of its own.
    ours = ("/", "#/", f"{settings.PUBLIC_URL}/")
    assert not [file for file in files if not file.startswith(ours)]
    static = [file.removeprefix("/static/") for file in files if file.startswith("/static/")]
    assert all(finders.find(file) for file in static)
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_the_reference_lists_every_endpoint_before_it_is_interactive(live_db: None) -> None:
    page = Client().get("/docs/api/").content.decode()

    listed = re.findall(r'<a href="#/([\w-]+)/(\w+)"><strong>(\w+)</strong> <code>([^<]+)<', page)
    described = [
        (*each["tags"], each["operationId"], method.upper(), path)
        for path, operations in read_schema()["paths"].items()
        for method, each in operations.items()
    ]
    assert sorted(listed) == sorted(described)
