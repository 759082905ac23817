"""The names by which the permissions of a key speak of endpoints. Pure."""

from __future__ import annotations

MANAGEMENT = frozenset(
    {
        "accounts.create",
        "accounts.delete",
        "accounts.exists",
        "accounts.list",
        "accounts.read",
        "accounts.update",
        "autologin.create",
        "autologin.list",
        "autologin.revoke",
        "deployments.create",
        "deployments.list",
        "deployments.read",
        "events.list",
        "integrations.connect",
        "integrations.disconnect",
        "integrations.status",
    }
)
IMAGE = frozenset({"image.create", "image.enhance", "image.operations", "image.usage"})


def endpoints_of(environment: str) -> frozenset[str]:
    """What a key of this environment may be allowed to call."""
    return MANAGEMENT if environment == "management" else IMAGE
