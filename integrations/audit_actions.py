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
    AuditAction("integration.registered", "Registered an integration"),
    AuditAction("integration.changed", "Changed an integration"),
)
