"""Webhooks: retries, timeouts and concurrency."""

from __future__ import annotations

from config.settings.env import env

# Seconds before the second, third, … attempt; after the last one an event has failed.
WEBHOOK_RETRY_SECONDS = [
    float(seconds)
    for seconds in env.list(
        "WEBHOOK_RETRY_SECONDS",
        default=[5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
    )
]
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", 90)
WEBHOOK_TIMEOUT_SECONDS = env.int("WEBHOOK_TIMEOUT_SECONDS", 15)
# Longer than any attempt takes, so that no other worker repeats it meanwhile.
WEBHOOK_LEASE_SECONDS = 2 * WEBHOOK_TIMEOUT_SECONDS
# Concurrent attempts: per worker process, and per partner in all processes.
WEBHOOK_SLOTS = 64
WEBHOOK_SLOTS_PER_PARTNER = 8
