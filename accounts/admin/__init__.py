"""What staff see and do about partners, keys and people; `admin.site` finds them by import."""

from accounts.admin import account, key, log, partner, user

__all__ = ["account", "key", "log", "partner", "user"]
