from accounts.audit import AuditAction, Subject, register_actions
from accounts.audit_actions import ACCOUNTS

SHOPS = Subject("shops", "Shops and webhooks")

register_actions(
    AuditAction("connection.connected", "Connected an integration", ACCOUNTS, "merchant"),
    AuditAction(
        "connection.updated", "Updated the credentials of an integration", ACCOUNTS, "merchant"
    ),
    AuditAction("connection.disconnected", "Disconnected an integration", ACCOUNTS, "merchant"),
    AuditAction("webhook.resent", "Resent a webhook", SHOPS, "webhook"),
    AuditAction("webhook.failed_resent", "Resent failed webhooks", SHOPS, page="webhooks"),
    AuditAction("webhook.missed_resent", "Resent missed webhooks", SHOPS, page="webhooks"),
    AuditAction("webhook.url_changed", "Changed a webhook URL", SHOPS, "webhook-endpoint"),
    AuditAction("webhook.secret_changed", "Changed a webhook secret", SHOPS, "webhook-endpoint"),
    AuditAction(
        "webhook.previous_secret_retired",
        "Retired a previous webhook secret",
        SHOPS,
        "webhook-endpoint",
    ),
    AuditAction("webhook.disabled", "Disabled a webhook endpoint", SHOPS, "webhook-endpoint"),
    AuditAction("webhook.enabled", "Enabled a webhook endpoint", SHOPS, "webhook-endpoint"),
    AuditAction(
        "webhook.default_changed", "Set the default endpoint", SHOPS, page="webhook-endpoints"
    ),
    AuditAction(
        "webhook.default_removed", "Removed the default endpoint", SHOPS, page="webhook-endpoints"
    ),
    AuditAction("webhook.tested", "Sent a test event", SHOPS, "webhook"),
    AuditAction("integration.registered", "Registered an integration"),
    AuditAction("integration.changed", "Changed an integration"),
)
