"""Traces by OpenTelemetry, if `OTEL_EXPORTER_OTLP_ENDPOINT` is set.

One span for a request, with its route and status, and one for each request to the image provider.
No path, address, body or statement is in them.
"""

from __future__ import annotations

import importlib
import os
import time
from typing import Any

from django.conf import settings

from config import metrics
from config.environment import WrongVariable, process_name

_EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


def start_tracing() -> None:
    """Make `config.metrics` also record spans; each process sends its own in batches.

    Raises `WrongVariable` without the packages: the first request would be too late.
    """
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return
    try:
        for name in ("opentelemetry.sdk.trace", _EXPORTER):
            importlib.import_module(name)
    except ImportError as error:
        raise WrongVariable(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the packages opentelemetry-sdk and"
            " opentelemetry-exporter-otlp-proto-http are not installed."
        ) from error
    metrics.spans = _Spans()
    os.register_at_fork(after_in_child=_restart)


def _restart() -> None:
    """The thread that sends spans does not survive a fork."""
    metrics.spans = _Spans()


class _Spans:
    """Made at first use, in the process that serves: its thread does not survive a fork."""

    def __init__(self) -> None:
        self._provider: Any = None
        self._tracer: Any = None

    def record(self, name: str, seconds: float, **attributes: str | int) -> None:
        """Record a span that ends now."""
        end = time.time_ns()
        tracer = self._tracer or self._start()
        span = tracer.start_span(name, start_time=end - int(seconds * 1e9), attributes=attributes)
        span.end(end)

    def flush(self) -> None:
        if self._provider:
            self._provider.force_flush()

    def _start(self) -> Any:
        sdk: Any = importlib.import_module("opentelemetry.sdk.trace")
        export: Any = importlib.import_module("opentelemetry.sdk.trace.export")
        resources: Any = importlib.import_module("opentelemetry.sdk.resources")
        otlp: Any = importlib.import_module(_EXPORTER)
        endpoint = f"{settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip('/')}/v1/traces"
        names = {"service.name": "shopiq", "service.instance.id": process_name()}
        self._provider = sdk.TracerProvider(resource=resources.Resource.create(names))
        exporter = otlp.OTLPSpanExporter(endpoint=endpoint)
        self._provider.add_span_processor(export.BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("shopiq")
        return self._tracer
