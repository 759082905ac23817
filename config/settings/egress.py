"""Which addresses of partners are opened."""

from __future__ import annotations

from config.settings.env import IS_PRODUCTION, env

# Lets partners' URLs point at this machine, so that everything can be tried on one.
ALLOW_LOOPBACK_URLS = env.bool("ALLOW_LOOPBACK_URLS", default=not IS_PRODUCTION)
