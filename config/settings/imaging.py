"""Images: providers and storage."""

from __future__ import annotations

from config.settings.env import DATA_DIR, IS_PRODUCTION, env

IMAGE_PROVIDER = env.str("IMAGE_PROVIDER", "" if IS_PRODUCTION else "local")
IMAGE_CALL_SECONDS = env.int("IMAGE_CALL_SECONDS", 110)
# What a call may need after its deadline; after that, it counts as dead and is refunded.
IMAGE_LEASE_SECONDS = IMAGE_CALL_SECONDS + env.int("IMAGE_LEASE_MARGIN_SECONDS", 40)
# Calls that a web process goes on with after a 202; further ones get 503.
WEB_BACKGROUND_THREADS = env.int("WEB_BACKGROUND_THREADS", 64)
IMAGE_DOWNLOAD_MAX_BYTES = 50 * 1024 * 1024
GEMINI_BASE_URL = env.str("GEMINI_BASE_URL", "https://generativelanguage.googleapis.com")
GEMINI_API_KEY = env.str("GEMINI_API_KEY", "")
GEMINI_IMAGE_MODEL = env.str("GEMINI_IMAGE_MODEL", "gemini-3.1-flash-image")
GEMINI_TEXT_MODEL = env.str("GEMINI_TEXT_MODEL", "gemini-3.5-flash-lite")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", "https://api.openai.com")
OPENAI_API_KEY = env.str("OPENAI_API_KEY", "")
OPENAI_IMAGE_MODEL = env.str("OPENAI_IMAGE_MODEL", "gpt-image-2")
OPENAI_TEXT_MODEL = env.str("OPENAI_TEXT_MODEL", "gpt-6-luna")
IMAGE_STORAGE = env.str("IMAGE_STORAGE", "" if IS_PRODUCTION else "local")
MEDIA_ROOT = env.path("MEDIA_ROOT", str(DATA_DIR / "media"))()
MEDIA_URL = "/media/"
S3_BUCKET = env.str("S3_BUCKET", "")
S3_PUBLIC_BASE_URL = env.str("S3_PUBLIC_BASE_URL", "") or None
SIMULATED_SLOW_SECONDS = env.int("SIMULATED_SLOW_SECONDS", 30)
TEST_IMAGE_HOST = env.str("TEST_IMAGE_HOST", "https://placehold.co")
