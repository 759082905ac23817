"""Structured logs: a line a person can read in development, JSON in production, never a secret."""

from __future__ import annotations

import re
from typing import Any

import structlog

_SECRET = re.compile(
    r"sq_(?:live|test|mgmt)_\w+"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?i:bearer)\s+[^\s\"',;\\\x1b]+"
    r"|(?<=token=)[^&\s\"']+"
    # Addresses of mailed links, which give access to anyone who reads them.
    r"|(?<=/invitations/)[\w-]{40,}"
    r"|(?<=/confirm-email/)[\w:-]{20,}"
    r"|(?<=/reset/key/)\w+-[\w-]{10,}"
)


def redact(text: str) -> str:
    """The text without API keys, tokens, bearer credentials and the secrets of mailed links."""
    return _SECRET.sub("[redacted]", text)


def _redact_line(logger: Any, method: str, line: str) -> str:  # noqa: ARG001 - what structlog passes
    return redact(line)


def configuration(*, level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything through structlog to standard error."""
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": before,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    last,
                    # The finished line: a key may hide in a list, a header or an exception.
                    _redact_line,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # A client's 4xx is the client's news (the request log keeps it), not the operator's.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django-q": {"handlers": [], "level": level, "propagate": True},
            # It warns of each answer to a HEAD, whose body it rightly leaves out.
            "gunicorn.http.wsgi": {"level": "ERROR"},
            "botocore": {"level": "WARNING"},
            "urllib3": {"level": "ERROR"},
        },
    }
