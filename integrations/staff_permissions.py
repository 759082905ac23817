"""What each group of staff may do with the registry, connections and webhooks."""

from config.admin.permissions import OPERATIONS, SUPPORT, allow, view

allow(
    (SUPPORT, OPERATIONS),
    *view("integrations", "integration", "credentialfield", "connection", "connectionevent"),
    *view("integrations", "webhookendpoint", "webhookreceiver"),
    *view("integrations", "webhookdelivery", "webhookattempt"),
    "integrations.change_webhookdelivery",
)
allow(
    OPERATIONS,
    "integrations.add_integration",
    "integrations.change_integration",
    "integrations.add_credentialfield",
    "integrations.change_credentialfield",
    "integrations.delete_credentialfield",
)
