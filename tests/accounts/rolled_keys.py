"""Keys that replace others."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import ApiKey
from accounts.services.rolling import roll_key

HOUR = timedelta(hours=1)
NOW = timedelta(0)


def roll(key: ApiKey, overlap: timedelta = HOUR) -> ApiKey:
    return roll_key(key=key, overlap=overlap, actor="t").key
