"""Webhooks: retries, timeouts and concurrency."""

from __future__ import annotations

from config.settings.env import env

# Seconds before the second, third, … attempt; after the last one an event has failed.
WEBHOOK_RETRY_SECONDS: list[float] = env.list(
    "WEBHOOK_RETRY_SECONDS",
    cast=float,
    default=[5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0],
)
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", 90)
WEBHOOK_TIMEOUT_SECONDS = env.int("WEBHOOK_TIMEOUT_SECONDS", 15)
# Longer than any attempt takes, so that no other worker repeats it meanwhile.
WEBHOOK_LEASE_SECONDS = 2 * WEBHOOK_TIMEOUT_SECONDS
# Concurrent attempts: per worker process, and per partner in all processes.
WEBHOOK_SLOTS = 64
WEBHOOK_SLOTS_PER_PARTNER = 8
