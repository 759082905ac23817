"""Sites: their URLs, where they are published, and time limits of a deployment's steps."""

from __future__ import annotations

from config.settings.env import DATA_DIR, IS_PRODUCTION, PORT, env

SITE_PRODUCTION_URL = env.str("SITE_PRODUCTION_URL", f"http://{{identifier}}.localhost:{PORT}")
SITE_PREVIEW_URL = env.str("SITE_PREVIEW_URL", f"http://{{identifier}}.dev.localhost:{PORT}")
SITES_ROOT = env.path("SITES_ROOT", str(DATA_DIR / "sites"))()
BUILDS_ROOT = env.path("BUILDS_ROOT", str(DATA_DIR / "builds"))()
DEPLOY_TARGET = env.str("DEPLOY_TARGET", "" if IS_PRODUCTION else "local")
DEPLOY_STEP_SECONDS = env.int(
    "DEPLOY_STEP_SECONDS", 600 if DEPLOY_TARGET == "github_actions" else 60
)
SHOP_COPY_WRITER = env.str("SHOP_COPY_WRITER", "imaging.copywriting.write_copy")
# For TXT records that prove domains; empty: the system's name servers.
DNS_SERVER = env.str("DNS_SERVER", "")
SITES_S3_BUCKET = env.str("SITES_S3_BUCKET", "")
SITES_S3_PREFIX = env.str("SITES_S3_PREFIX", "")
GITHUB_API_URL = env.str("GITHUB_API_URL", "https://api.github.com")
GITHUB_REPOSITORY = env.str("GITHUB_REPOSITORY", "")
GITHUB_WORKFLOW = env.str("GITHUB_WORKFLOW", "")
GITHUB_TOKEN = env.str("GITHUB_TOKEN", "")
GITHUB_REF = env.str("GITHUB_REF", "main")
