"""Admin pages for partners, keys and users; importing a module registers its pages."""

from accounts.admin import account, key, log, partner, user

__all__ = ["account", "key", "log", "partner", "user"]
