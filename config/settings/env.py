"""The environment, data folder, secrets and addresses."""

from __future__ import annotations

from pathlib import Path

from config.environment import grace_seconds, load_env_file
from config.local import postgres
from config.local.secrets import embedded_secrets_file
from config.settings.variables import Variables

BASE_DIR = Path(__file__).resolve().parents[2]

load_env_file()
env = Variables()

ENVIRONMENT = env.str("ENVIRONMENT", "development")
IS_PRODUCTION = ENVIRONMENT == "production"
DATA_DIR = postgres.data_dir()
if not IS_PRODUCTION:
    env.read_env(embedded_secrets_file(DATA_DIR))

# Separate secrets, so that none of them unlocks what another one protects. Missing ones in
# production are reported by `config.checks`, all at once.
SECRET_KEY = env.str("SECRET_KEY", "unset")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
LOOKUP_KEY = env.str("LOOKUP_KEY", "")
LOOKUP_KEY_FALLBACKS = env.list("LOOKUP_KEY_FALLBACKS", default=[])
AUTO_LOGIN_JWT_SECRET = env.str("AUTO_LOGIN_JWT_SECRET", "")

# Error pages with settings and source code.
DEBUG = env.bool("DEBUG", default=False)

# Addresses
PORT = env.int("PORT", 8000)
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

# Web processes
CONNECTIONS_PER_ADDRESS = env.int("CONNECTIONS_PER_ADDRESS", 200)
GRACE_SECONDS = grace_seconds()
