"""Signatures of ledger digests and statements."""

from __future__ import annotations

import base64
import hashlib

from config.settings.env import IS_PRODUCTION, SECRET_KEY, env

SIGNING_KEYS = env.list("SIGNING_KEYS", default=[])
if not SIGNING_KEYS and not IS_PRODUCTION:
    _seed = hashlib.sha256(f"signing:{SECRET_KEY}".encode()).digest()
    SIGNING_KEYS = [f"1:{base64.urlsafe_b64encode(_seed).decode()}"]
