"""Structured logs without secrets: readable lines in development, JSON in production."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import structlog

_SECRET = re.compile(
    r"sq_(?:live|test|mgmt)_\w+"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?i:bearer)\s+[^\s\"',;\\\x1b]+"
    r"|(?<=token=)[^&\s\"']+"
    # URLs in emails, with which anyone could open a login or join a company.
    r"|(?<=/invitations/)[\w-]{40,}"
    r"|(?<=/confirm-email/)[\w:-]{20,}"
    r"|(?<=/reset/key/)\w+-[\w-]{10,}"
)

#: Called with the text of each error that is logged, its exception and the id of the request.
error_listeners: list[Callable[[str, BaseException | None, str], None]] = []


def _tell_listeners(logger: Any, method: str, fields: Any) -> Any:  # noqa: ARG001 - as below
    if error_listeners and fields.get("level") in ("error", "critical"):
        error = fields.get("exc_info")
        if isinstance(error, tuple):
            error = error[1]
        elif error is True:
            error = sys.exc_info()[1]
        for tell in error_listeners:
            tell(str(fields.get("event")), error or None, fields.get("request_id", ""))
    return fields


#: For our own lines and for those of libraries.
_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    _tell_listeners,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


#: PostgreSQL's errors have the values of the row there.
_DETAIL = re.compile(
    r"(?<=DETAIL:  ).*?(?=\n(?:HINT|CONTEXT|QUERY|LOCATION|STATEMENT):|\n\n|\Z)", re.DOTALL
)


def redact(text: str) -> str:
    """Replace API keys, tokens, bearer credentials and the secrets in emailed links."""
    return _SECRET.sub("[redacted]", text)


def redact_details(text: str) -> str:
    """Remove the values of rows from errors of PostgreSQL."""
    return _DETAIL.sub("[redacted]", text)


def _redact_details(logger: Any, method: str, fields: Any) -> Any:  # noqa: ARG001 - as below
    """Work on the fields, before newlines and quotes in them are escaped."""
    for name, value in fields.items():
        if isinstance(value, str) and "DETAIL:  " in value:
            fields[name] = redact_details(value)
    return fields


def _redact_line(logger: Any, method: str, line: str) -> str:  # noqa: ARG001 - what structlog passes
    return redact(line)


def configuration(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return Django's LOGGING: everything through structlog to standard error."""
    _configure_structlog()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _formatter(as_json=as_json)},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # 4xx responses concern the client (see the request log), not the operator.
            "django.request": {"level": "ERROR"},
            # Its debug lines have all that a page shows, such as the key of an authenticator app.
            "django.template": {"level": "INFO"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # It writes two lines for each task, and a heartbeat is one every ten seconds.
            "django-q": {"handlers": [], "level": "WARNING", "propagate": True},
            # It warns about every response to HEAD, whose body is omitted on purpose.
            "gunicorn.http.wsgi": {"level": "ERROR"},
            "botocore": {"level": "WARNING"},
            "urllib3": {"level": "ERROR"},
        },
    }


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _formatter(*, as_json: bool) -> dict[str, Any]:
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _PROCESSORS,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _redact_details,
            renderer,
            # Applied to the finished line: a key may be inside a list, a header or an exception.
            _redact_line,
        ],
    }
