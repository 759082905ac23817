"""Shops, the webhooks that tell of them, and the queue."""

from __future__ import annotations

from config.settings.env import DATA_DIR, IS_PRODUCTION, PORT, env

# Webhooks: waits in seconds before the second, third, … attempt; then an event is given up.
WEBHOOK_RETRY_SECONDS = [
    float(seconds)
    for seconds in env.list(
        "WEBHOOK_RETRY_SECONDS",
        default=[5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
    )
]
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", 90)
WEBHOOK_TIMEOUT_SECONDS = env.int("WEBHOOK_TIMEOUT_SECONDS", 15)
# Longer than an attempt may take, so that nobody else makes the same one meanwhile.
WEBHOOK_LEASE_SECONDS = 2 * WEBHOOK_TIMEOUT_SECONDS
# Attempts under way: in one worker process, and of one partner in all of them.
WEBHOOK_SLOTS = 64
WEBHOOK_SLOTS_PER_PARTNER = 8

# Shops: their addresses, who publishes them, and how long one step of a deployment may take.
SITE_PRODUCTION_URL = env.str("SITE_PRODUCTION_URL", f"http://{{identifier}}.localhost:{PORT}")
SITE_PREVIEW_URL = env.str("SITE_PREVIEW_URL", f"http://{{identifier}}.dev.localhost:{PORT}")
SITES_ROOT = env.path("SITES_ROOT", str(DATA_DIR / "sites"))()
BUILDS_ROOT = env.path("BUILDS_ROOT", str(DATA_DIR / "builds"))()
DEPLOY_TARGET = env.str("DEPLOY_TARGET", "" if IS_PRODUCTION else "local")
DEPLOY_STEP_SECONDS = env.int(
    "DEPLOY_STEP_SECONDS", 600 if DEPLOY_TARGET == "github_actions" else 60
)
SHOP_COPY_WRITER = env.str("SHOP_COPY_WRITER", "imaging.copywriting.write_copy")
SITES_S3_BUCKET = env.str("SITES_S3_BUCKET", "")
SITES_S3_PREFIX = env.str("SITES_S3_PREFIX", "")
GITHUB_API_URL = env.str("GITHUB_API_URL", "https://api.github.com")
GITHUB_REPOSITORY = env.str("GITHUB_REPOSITORY", "")
GITHUB_WORKFLOW = env.str("GITHUB_WORKFLOW", "")
GITHUB_TOKEN = env.str("GITHUB_TOKEN", "")
GITHUB_REF = env.str("GITHUB_REF", "main")

# The queue is a doorbell: a message is a hint that there is work, the rows are the work.
Q_CLUSTER = {
    "name": "shopiq",
    "orm": "default",
    "workers": env.int("WORKER_PROCESSES", 2),
    "poll": 0.05,
    "bulk": 20,
    "timeout": 2 * DEPLOY_STEP_SECONDS + 60,
    "retry": 2 * DEPLOY_STEP_SECONDS + 120,
    "recycle": 100_000,
    "max_attempts": 1,
    "save_limit": -1,
    "catch_up": False,
    "label": "Queue",
}
