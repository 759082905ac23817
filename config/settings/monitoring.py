"""What operators see from outside."""

from __future__ import annotations

from config.settings.env import IS_PRODUCTION, env

#: A line for each request, on standard error.
ACCESS_LOG = env.bool("ACCESS_LOG", default=IS_PRODUCTION)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.1/32", "::1/128"])
SENTRY_DSN = env.str("SENTRY_DSN", "")
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "")
