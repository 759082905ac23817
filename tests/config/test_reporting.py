"""Sentry and OpenTelemetry get what operators need, and nothing of people."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from config import metrics
from config.logging import error_listeners
from config.monitoring.errors import report_errors
from config.monitoring.tracing import start_tracing
from tests.servers import Reply, Request, Server, serve

KEY = "sq_live_0123456789abcdef0123456789abcdef"


@pytest.fixture
def collector() -> Iterator[Server]:
    with serve(lambda request: Reply(200, b"{}")) as server:
        yield server


@pytest.fixture
def reporting(settings: Any, collector: Server) -> Iterator[None]:
    settings.SENTRY_DSN = f"http://public@127.0.0.1:{collector.port}/1"
    before = list(error_listeners)
    report_errors()
    yield
    error_listeners[:] = before
    sentry_sdk.init()


def events_of(server: Server) -> list[dict[str, Any]]:
    sentry_sdk.flush(timeout=60)
    return [
        json.loads(line)
        for request in server.requests
        for line in body_of(request).splitlines()[2:3]
    ]


def body_of(request: Request) -> bytes:
    is_packed = request.headers.get("content-encoding") == "gzip"
    return gzip.decompress(request.body) if is_packed else request.body


def test_an_error_is_reported_without_data(reporting: None, collector: Server) -> None:
    secret = "person@secret.test"
    log = structlog.get_logger("test")
    with structlog.contextvars.bound_contextvars(request_id="r" * 32):
        try:
            raise ValueError(f"bad key {KEY}\nDETAIL:  Key (email)=({secret}) exists")
        except ValueError:
            log.exception("it failed", account=secret)
    log.warning("not an error")

    [event] = events_of(collector)

    assert event["message"] == "it failed"
    assert event["tags"]["request_id"] == "r" * 32
    [exception] = event["exception"]["values"]
    assert exception["type"] == "ValueError"
    here = test_an_error_is_reported_without_data.__name__
    assert exception["stacktrace"]["frames"][-1]["function"] == here
    sent = b"".join(map(body_of, collector.requests))
    assert KEY.encode() not in sent
    assert secret.encode() not in sent
    assert b'"vars"' not in sent


def test_without_a_dsn_nothing_is_reported(settings: Any) -> None:
    before = list(error_listeners)
    report_errors()
    assert error_listeners == before


def test_spans_of_requests_and_of_the_provider(
    settings: Any, collector: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "spans", None)
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
    start_tracing()
    metrics.count_request(route="partner/v1/image/create", status=200, seconds=0.25)
    with pytest.raises(LookupError), metrics.timed_provider("gemini"):
        raise LookupError
    spans: Any = metrics.spans
    spans.flush()

    sent = []
    for request in collector.requests:
        assert request.target == "/v1/traces"
        message = ExportTraceServiceRequest.FromString(body_of(request))
        sent += [s for r in message.resource_spans for i in r.scope_spans for s in i.spans]
    first, second = sent
    assert (first.name, second.name) == ("request", "image provider")
    assert first.end_time_unix_nano - first.start_time_unix_nano == 250_000_000
    attributes = {each.key: each.value for each in (*first.attributes, *second.attributes)}
    assert attributes["route"].string_value == "partner/v1/image/create"
    assert attributes["outcome"].string_value == "LookupError"
