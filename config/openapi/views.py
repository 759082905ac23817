"""The description at `/api/schema/`, and the interactive page."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.views import APIView

from config.openapi.generator import read_schema
from config.openapi.outline import list_groups
from config.openapi.postman import postman_collection

_TYPES = {"yaml": "application/vnd.oai.openapi", "json": "application/vnd.oai.openapi+json"}


@dataclass(frozen=True, slots=True)
class Document:
    body: bytes
    compressed: bytes
    etag: str


@cache
def read_document(kind: str) -> Document:
    """Return the description as `yaml` or `json`, made once in each process."""
    if kind == "json":
        body = json.dumps(read_schema(), ensure_ascii=False, separators=(",", ":")).encode()
    else:
        body = OpenApiYamlRenderer().render(read_schema(), renderer_context={})
    return Document(body, gzip.compress(body, mtime=0), hashlib.sha256(body).hexdigest()[:32])


class SchemaView(APIView):
    """GET /api/schema/: YAML, or JSON by `?format=json` or `Accept`. It needs no key."""

    authentication_classes = ()
    http_method_names = ["get", "head"]

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}

    def get(self, request: Any) -> HttpResponse:
        raw: HttpRequest = request._request
        kind = _kind_of(raw)
        document = read_document(kind)
        is_compressed = "gzip" in raw.headers.get("Accept-Encoding", "")
        response = HttpResponse(
            document.compressed if is_compressed else document.body,
            content_type=f"{_TYPES[kind]}; charset=utf-8",
        )
        if is_compressed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        etag = quote_etag(f"{document.etag}-{kind}{'-gzip' if is_compressed else ''}")
        response.headers["ETag"] = etag
        response.headers["Vary"] = "Accept, Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=300"
        # Editors and generators of clients may run on other sites.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return get_conditional_response(raw, etag=etag, response=response) or response


def _kind_of(request: HttpRequest) -> str:
    asked = request.GET.get("format") or request.headers.get("Accept", "")
    return "json" if "json" in asked and "yaml" not in asked else "yaml"


@csp_update({"img-src": ["'self'", "data:"]})  # the icons of Swagger UI's stylesheet
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """List the endpoints on a page that becomes one on which calls can be tried."""
    groups = list_groups(read_schema())
    context = {"public_url": settings.PUBLIC_URL, "groups": groups}
    return render(request, "openapi/reference.html", context)


@require_safe
def postman(request: HttpRequest) -> HttpResponse:
    return JsonResponse(postman_collection(read_schema()))
