"""Restrictions of partners' URLs."""

from __future__ import annotations

from config.settings.env import IS_PRODUCTION, env

# Allows URLs of this machine, so that everything can be tried on one machine.
ALLOW_LOOPBACK_URLS = env.bool("ALLOW_LOOPBACK_URLS", default=not IS_PRODUCTION)
