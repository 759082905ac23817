from django.utils.translation import gettext_lazy

from accounts.audit import AuditAction, Subject, register_actions
from accounts.audit_actions import ACCOUNTS

SHOPS = Subject("shops", gettext_lazy("Shops and webhooks"))

register_actions(
    AuditAction(
        "connection.connected", gettext_lazy("Connected an integration"), ACCOUNTS, "merchant"
    ),
    AuditAction(
        "connection.updated",
        gettext_lazy("Updated the credentials of an integration"),
        ACCOUNTS,
        "merchant",
    ),
    AuditAction(
        "connection.disconnected", gettext_lazy("Disconnected an integration"), ACCOUNTS, "merchant"
    ),
    AuditAction("webhook.resent", gettext_lazy("Resent a webhook"), SHOPS, "webhook"),
    AuditAction(
        "webhook.failed_resent", gettext_lazy("Resent failed webhooks"), SHOPS, page="webhooks"
    ),
    AuditAction(
        "webhook.missed_resent", gettext_lazy("Resent missed webhooks"), SHOPS, page="webhooks"
    ),
    AuditAction(
        "webhook.url_changed", gettext_lazy("Changed a webhook URL"), SHOPS, "webhook-endpoint"
    ),
    AuditAction(
        "webhook.secret_changed",
        gettext_lazy("Changed a webhook secret"),
        SHOPS,
        "webhook-endpoint",
    ),
    AuditAction(
        "webhook.previous_secret_retired",
        gettext_lazy("Retired a previous webhook secret"),
        SHOPS,
        "webhook-endpoint",
    ),
    AuditAction(
        "webhook.disabled", gettext_lazy("Disabled a webhook endpoint"), SHOPS, "webhook-endpoint"
    ),
    AuditAction(
        "webhook.enabled", gettext_lazy("Enabled a webhook endpoint"), SHOPS, "webhook-endpoint"
    ),
    AuditAction(
        "webhook.default_changed",
        gettext_lazy("Set the default endpoint"),
        SHOPS,
        page="webhook-endpoints",
    ),
    AuditAction(
        "webhook.default_removed",
        gettext_lazy("Removed the default endpoint"),
        SHOPS,
        page="webhook-endpoints",
    ),
    AuditAction("webhook.tested", gettext_lazy("Sent a test event"), SHOPS, "webhook"),
    # Of the platform: staff read them.
    AuditAction("integration.registered", "Registered an integration"),
    AuditAction("integration.changed", "Changed an integration"),
)
