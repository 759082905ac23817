from accounts.audit import AuditAction, register_actions
from integrations.audit_actions import SHOPS

register_actions(
    AuditAction("deployment.created", "Deployed a shop", SHOPS, "deployment"),
    AuditAction("deployment.retried", "Retried a failed deployment", SHOPS, "deployment"),
    AuditAction("deployment.rebuilt", "Built a live shop again", SHOPS, "deployment"),
    AuditAction("deployment.updated", "Updated a shop from its account", SHOPS, "deployment"),
    AuditAction("deployment.rolled_back", "Rolled a shop back", SHOPS, "deployment"),
    AuditAction("deployment.cancelled", "Cancelled a deployment", SHOPS, "deployment"),
    AuditAction("shop.contact_changed", "Changed a shop's contact", SHOPS, "merchant"),
    AuditAction("shop.domain_lost", "Stopped serving a shop's domain", SHOPS, "merchant"),
    AuditAction("shop.domain_verified", "Verified a shop's domain", SHOPS, "merchant"),
    AuditAction("shop.taken_down", "Took a shop down", SHOPS, "merchant"),
    AuditAction("shop.restored", "Restored a shop", SHOPS, "merchant"),
)
