"""The description of one endpoint, from its view and its `Operation`."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.drainage import warn
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from config.api.descriptions import ID, Operation, Query, description_of
from config.openapi.responses import key_of, responses_of
from config.openapi.types import Components, Schema

IDENTIFIERS = {"identifier": "nova-retail-abc123"}
_ARTICLES = {"a", "an", "the", "this", "of", "if"}


class ApiSchema(AutoSchema):
    """Set as `DEFAULT_SCHEMA_CLASS`; only the generator uses it."""

    view: Any
    #: Of the running generator.
    components: Components

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> Schema | None:
        self.registry, self.path, self.method = registry, path, method.upper()
        operation = description_of(type(self.view))
        if operation is None:
            warn(f"{type(self.view).__name__} is not described in the `api/schema.py` of its app.")
            return None
        described: Schema = {
            "operationId": operation.name or camel_case(self.view.label),
            "summary": self.view.label,
            "description": operation.text,
            "tags": [operation.group],
            "parameters": [*self._path_parameters(operation), *_parameters(operation)],
            "security": [{"apiKey": []}, {"bearer": []}],
            "responses": responses_of(self.view, operation, self.method, self.components),
        }
        if operation.body:
            described["requestBody"] = self._request_body(operation)
        if operation.conditional:
            described["x-conditional"] = list(operation.conditional)
        if self.view.needs_permission:
            described["x-permission"] = self.view.endpoint
        described["x-key-environments"] = list(self.view.environments)
        return described

    def _path_parameters(self, operation: Operation) -> list[Schema]:
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": operation.path_text,
                "schema": {"type": "string"},
                "example": IDENTIFIERS.get(name, ID),
            }
            for name in re.findall(r"{(\w+)}", self.path)
        ]

    def _request_body(self, operation: Operation) -> Schema:
        if isinstance(operation.body, type) and issubclass(operation.body, serializers.Serializer):
            schema = self.resolve_serializer(operation.body, "request").ref
        else:
            schema = self.components.schema_of(operation.body)
        examples = {
            key_of(summary): {"summary": summary, "value": value}
            for summary, value in operation.body_examples.items()
        }
        content = {"schema": schema, **({"examples": examples} if examples else {})}
        return {"required": operation.needs_body, "content": {"application/json": content}}

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """Mark what requests send: responses have other members under the same name."""
        return f"{type(serializer).__name__.removesuffix('Serializer')}Input"

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> Schema:
        """Let our own fields describe themselves."""
        known: Schema | None = getattr(field, "json_schema", None)
        if known is None:
            schema: Schema = super()._map_serializer_field(field, direction, bypass_extensions)
            return schema
        schema = dict(known)
        if field.help_text:
            schema["description"] = str(field.help_text)
        if field.allow_null and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        return schema

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        if getattr(field, "json_schema", None) is None:
            super()._insert_field_validators(field, schema)

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)
        if callable(serializer):
            serializer = serializer()
        required = {name for name, each in serializer.fields.items() if is_required(each)}
        if required:
            schema["required"] = sorted(required)
        return schema


def is_required(field: Any) -> bool:
    """A field of the Image API has a default, and itself refuses to be absent."""
    return bool(getattr(field, "must_be_sent", field.required))


def camel_case(label: str) -> str:
    """Return the label of an endpoint as an identifier, such as `createAccount`."""
    first, *others = [word for word in label.lower().split() if word not in _ARTICLES]
    words = [re.sub(r"\W", "", word) for word in others]
    return first + "".join(word.capitalize() for word in words)


def _parameters(operation: Operation) -> list[Schema]:
    parameters = [_query(each) for each in operation.query]
    parameters.append({"$ref": "#/components/parameters/X-Request-Id"})
    if operation.is_idempotent:
        parameters.append({"$ref": "#/components/parameters/Idempotency-Key"})
    if operation.is_async:
        parameters.append({"$ref": "#/components/parameters/Prefer"})
    if operation.simulations:
        parameters.append(
            {
                "name": "X-ShopIQ-Simulate",
                "in": "header",
                "description": "With a test key, the call ends as a live one might. Live keys"
                " ignore it.",
                "schema": {"type": "string", "enum": list(operation.simulations)},
            }
        )
    return parameters


def _query(query: Query) -> Schema:
    parameter: Schema = {
        "name": query.name,
        "in": "query",
        "description": query.text,
        "schema": dict(query.schema),
    }
    if query.required:
        parameter["required"] = True
    if query.example is not None:
        parameter["example"] = query.example
    return parameter
