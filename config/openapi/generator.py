"""The whole description, in the order in which partners read: groups, then endpoints by URL."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.regex_helper import normalize
from django.utils.translation import override
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator

from accounts.endpoints import api_views
from config.api.error_codes import error_codes
from config.openapi.parts import HEADERS, PARAMETERS, SECURITY
from config.openapi.responses import share_responses
from config.openapi.schema import ApiSchema
from config.openapi.text import DESCRIPTION, GROUPS, read_version
from config.openapi.types import Components, Schema
from config.openapi.webhooks import describe_webhooks

#: What apps describe: `<app>/api/<name>.py`.
_MODULES = ("api.schema", "api.key_schema", "api.webhook_schema", "api.event_schema")


class ApiEndpoints(EndpointEnumerator):
    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        """Return the endpoints of the public API, without the optional slash of their paths."""
        return [
            (_path_of(route), route, method, callback)
            for route, callback in api_views(patterns or self.patterns or ())
            for method in self.get_allowed_methods(callback)
        ]


class Generator(SchemaGenerator):
    endpoint_inspector_cls = ApiEndpoints

    def get_schema(self, request: Any = None, public: bool = False) -> Schema:
        autodiscover_modules(*_MODULES)
        ApiSchema.components = components = Components()
        schema: Schema = super().get_schema(request, public)
        described = schema["components"]
        clashes = described.get("schemas", {}).keys() & components.schemas.keys()
        if clashes:
            raise TypeError(f"described twice: {', '.join(sorted(clashes))}")
        described["schemas"] = dict(
            sorted(
                {
                    **described.get("schemas", {}),
                    **components.schemas,
                    "ErrorCode": _error_codes(),
                }.items()
            )
        )
        described["parameters"], described["headers"] = PARAMETERS, HEADERS
        described["securitySchemes"] = SECURITY
        schema["info"].update(version=read_version(), description=DESCRIPTION)
        schema["servers"] = [{"url": settings.PUBLIC_URL}]
        schema["tags"] = [{"name": name, "description": text} for name, text in GROUPS.items()]
        schema["webhooks"] = describe_webhooks()
        described["responses"] = share_responses(schema["paths"])
        return schema


@cache
def read_schema() -> Schema:
    """Return the description, which is English, generated once in each process."""
    with override(settings.LANGUAGE_CODE):
        schema: Schema = json.loads(json.dumps(Generator().get_schema(public=True)))
    return schema


def _path_of(route: str) -> str:
    template, names = normalize(route)[0]
    return f"/{template}" % {name: f"{{{_camel_case(name)}}}" for name in names}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _error_codes() -> Schema:
    codes = sorted(error_codes(), key=lambda code: code.name)
    rows = [f"| `{code}` | {code.meaning} | {code.fix} |" for code in codes]
    table = "\n".join(["| Code | Meaning | What to do |", "| --- | --- | --- |", *rows])
    return {
        "type": "string",
        "enum": [code.name for code in codes],
        "description": f"More codes may be added.\n\n{table}",
    }
