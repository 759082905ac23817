"""Webhooks: how often, how long and how many at once."""

from __future__ import annotations

from config.settings.env import env

# Seconds to wait before the second, third, … attempt; after the last one an event has failed.
WEBHOOK_RETRY_SECONDS = [
    float(seconds)
    for seconds in env.list(
        "WEBHOOK_RETRY_SECONDS",
        default=[5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
    )
]
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", 90)
WEBHOOK_TIMEOUT_SECONDS = env.int("WEBHOOK_TIMEOUT_SECONDS", 15)
# Longer than an attempt may take, so that no other worker repeats it meanwhile.
WEBHOOK_LEASE_SECONDS = 2 * WEBHOOK_TIMEOUT_SECONDS
# Attempts under way: in one worker process, and of one partner in all of them.
WEBHOOK_SLOTS = 64
WEBHOOK_SLOTS_PER_PARTNER = 8
