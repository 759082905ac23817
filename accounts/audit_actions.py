"""What the actions of the audit trail are called on pages, and where their targets are. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple


class AuditAction(NamedTuple):
    """An action in words, and the name of the page of its target, or ""."""

    words: str
    page: str = ""


_ACTIONS = {
    "account.created": AuditAction("Created an account", "merchant"),
    "account.deleted": AuditAction("Deleted an account"),
    "account.updated": AuditAction("Updated an account", "merchant"),
    "auto_login.all_revoked": AuditAction("Revoked all auto-login links of an account", "merchant"),
    "auto_login.created": AuditAction("Made an auto-login link"),
    "auto_login.revoked": AuditAction("Revoked an auto-login link"),
    "billing.alert_changed": AuditAction("Changed the low-balance alerts", "billing-settings"),
    "billing.details_changed": AuditAction("Changed the billing details", "billing-settings"),
    "connection.connected": AuditAction("Connected an integration", "merchant"),
    "connection.disconnected": AuditAction("Disconnected an integration", "merchant"),
    "connection.updated": AuditAction("Changed the credentials of an integration", "merchant"),
    "deployment.ordered": AuditAction("Ordered a shop", "deployment"),
    "invitation.accepted": AuditAction("Accepted an invitation", "team"),
    "invitation.sent": AuditAction("Invited a person", "team"),
    "invitation.sent_again": AuditAction("Sent an invitation again", "team"),
    "invitation.withdrawn": AuditAction("Withdrew an invitation", "team"),
    "key.created": AuditAction("Made an API key", "key"),
    "key.edited": AuditAction("Changed an API key", "key"),
    "key.revoked": AuditAction("Revoked an API key", "key"),
    "key.rolled": AuditAction("Rolled an API key", "key"),
    "login.second_factor_reset": AuditAction("Reset the second factor of a member", "team"),
    "member.left": AuditAction("Left the team", "team"),
    "member.removed": AuditAction("Removed a member", "team"),
    "member.role_changed": AuditAction("Changed the role of a member", "team"),
    "partner.approved": AuditAction("Approved live keys"),
    "partner.created": AuditAction("Set up this partner"),
    "partner.deactivated": AuditAction("Deactivated this partner"),
    "partner.opened": AuditAction("Signed up"),
    "partner.renamed": AuditAction("Renamed the company", "team"),
    "partner.second_factor_optional": AuditAction("Made the second factor optional", "team"),
    "partner.second_factor_required": AuditAction("Required a second factor of everybody", "team"),
    "points.credited": AuditAction("Credited points", "points"),
    "purchase.attention_cleared": AuditAction("Cleared up a payment", "purchase"),
    "purchase.cancelled": AuditAction("Cancelled a purchase", "purchase"),
    "purchase.needs_attention": AuditAction("Set a payment aside for a look", "purchase"),
    "purchase.paid": AuditAction("Settled a purchase", "purchase"),
    "purchase.refund_started": AuditAction("Began to refund a purchase", "purchase"),
    "purchase.refunded": AuditAction("Refunded a purchase", "purchase"),
    "purchase.started": AuditAction("Began a purchase", "purchase"),
    "webhook.failed_resent": AuditAction("Resent failed webhooks", "webhooks"),
    "webhook.resent": AuditAction("Resent a webhook", "webhook"),
    "whitelist.added": AuditAction("Added to the whitelist of an API key", "key"),
    "whitelist.removed": AuditAction("Removed from the whitelist of an API key", "key"),
}
#: Pages that show no single row: their links need no id.
COMMON_PAGES = frozenset({"billing-settings", "points", "team", "webhooks"})
ACTIONS = frozenset(_ACTIONS)

#: What the filter offers, and the beginnings of the actions that belong to it.
SUBJECTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "keys": ("API keys", ("key.", "whitelist.")),
    "team": ("Team and company", ("member.", "invitation.", "partner.", "login.")),
    "points": ("Points and billing", ("points.", "purchase.", "billing.", "invoice.")),
    "merchants": ("Accounts", ("account.", "auto_login.", "connection.")),
    "shops": ("Shops and webhooks", ("deployment.", "webhook.")),
}
_POINTS = frozenset({"points", "threshold"})
#: What pages call the second factors that the login's library names.
_FACTORS = {
    "WebAuthn": "passkey",
    "TOTP Authenticator": "authenticator app",
    "Recovery codes": "recovery codes",
}
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Detail(NamedTuple):
    """One detail of an entry; a sum of points or money is set instead of `text`."""

    label: str
    text: str = ""
    hundredths: int | None = None
    paise: int | None = None


def describe_action(action: str) -> AuditAction:
    """The words for an action; one without words of its own is named by its parts."""
    return _ACTIONS.get(action) or AuditAction(_spaced(action.replace(".", " ")).capitalize())


def target_of(target: str, detail: dict[str, Any]) -> str:
    """What people call the target of an entry: its reference where it has one, else its id."""
    return str(detail.get("reference") or _FACTORS.get(target, target))


def describe_details(detail: dict[str, Any]) -> list[Detail]:
    """The details of an entry that say something beside its target; what stood before comes
    before what came."""
    said = {
        name: value
        for name, value in detail.items()
        if value not in (None, "", [], {}) and name != "reference"
    }
    return [_fact(name, said[name]) for name in sorted(said, key=lambda name: name == "after")]


def _fact(name: str, value: Any) -> Detail:
    label = _spaced(name.removesuffix("_paise").removesuffix("_seconds")).capitalize()
    if name in _POINTS and isinstance(value, int):
        return Detail(label, hundredths=value)
    if name.endswith("_paise") and isinstance(value, int):
        return Detail(label, paise=value)
    if name.endswith("_seconds") and isinstance(value, int):
        return Detail(label, _duration(value))
    return Detail(label, _words(value))


def _duration(seconds: int) -> str:
    """In the largest unit that leaves no rest."""
    if not seconds:
        return "none"
    unit, length = next(each for each in _UNITS if seconds % each[1] == 0)
    number = seconds // length
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "network" in value:
        return f"{value['network']} ({value['note']})" if value.get("note") else value["network"]
    if isinstance(value, dict):
        said = ((name, each) for name, each in value.items() if each != "")
        return ", ".join(f"{_spaced(name)} {_words(each)}" for name, each in said)
    if isinstance(value, list):
        return "; ".join(_words(each) for each in value)
    return "none" if value is None else str(value)
