"""Errors to Sentry, if `SENTRY_DSN` is set: where and what went wrong, and nothing of people.

The SDK would send what a request and the frames of an exception hold. Here an event is made anew of
what is known to be harmless, so that nothing that a new SDK adds is sent by itself.
"""

from __future__ import annotations

import importlib
from typing import Any

from django.conf import settings

from config.environment import WrongVariable, process_name
from config.logging import error_listeners, redact, redact_details

#: What remains of an event, of an exception in it, and of each frame.
_EVENT = ("event_id", "timestamp", "platform", "level", "environment", "tags")
_EXCEPTION = ("type", "module", "mechanism")
_FRAME = ("filename", "function", "module", "lineno", "in_app", "context_line")


def report_errors() -> None:
    """Start to report each line of the log that is an error."""
    if not settings.SENTRY_DSN:
        return
    try:
        sdk: Any = importlib.import_module("sentry_sdk")
    except ImportError as error:
        raise WrongVariable(
            "SENTRY_DSN is set, but the package sentry-sdk is not installed."
        ) from error
    try:
        sdk.init(
            dsn=settings.SENTRY_DSN,
            environment=settings.ENVIRONMENT,
            default_integrations=False,
            auto_enabling_integrations=False,
            before_send=scrub,
            include_local_variables=False,
            max_breadcrumbs=0,
        )
    except ValueError:  # the library's BadDsn
        raise WrongVariable("SENTRY_DSN is not the address of a Sentry project.") from None
    error_listeners.append(_Reporter(sdk))


class _Reporter:
    def __init__(self, sdk: Any) -> None:
        self._sdk = sdk
        self._utils: Any = importlib.import_module("sentry_sdk.utils")

    def __call__(self, text: str, error: BaseException | None, request_id: str) -> None:
        event: dict[str, Any] = {}
        if error is not None:
            event, _ = self._utils.event_from_exception(error)
        tags = {"process": process_name(), **({"request_id": request_id} if request_id else {})}
        self._sdk.capture_event({**event, "level": "error", "message": text, "tags": tags})


def scrub(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """Return an event without bodies, headers, variables, statements and people."""
    kept = {name: event[name] for name in _EVENT if name in event}
    kept["message"] = _clean(str(event.get("message", "")))
    values = event.get("exception", {}).get("values", [])
    if values:
        kept["exception"] = {"values": [_scrub_exception(value) for value in values]}
    return kept


def _scrub_exception(value: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value[name] for name in _EXCEPTION if name in value}
    kept["value"] = _clean(str(value.get("value", "")))
    frames = (value.get("stacktrace") or {}).get("frames", [])
    kept["stacktrace"] = {
        "frames": [{name: frame[name] for name in _FRAME if name in frame} for frame in frames]
    }
    return kept


def _clean(text: str) -> str:
    return redact(redact_details(text))
