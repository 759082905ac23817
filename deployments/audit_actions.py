from accounts.audit import AuditAction, register_actions
from integrations.audit_actions import SHOPS

register_actions(
    AuditAction("deployment.created", "Deployed a shop", SHOPS, "deployment"),
    AuditAction("deployment.retried", "Retried a failed deployment", SHOPS, "deployment"),
    AuditAction("deployment.rebuilt", "Built a live shop again", SHOPS, "deployment"),
    AuditAction("deployment.cancelled", "Cancelled a deployment", SHOPS, "deployment"),
    AuditAction("shop.taken_down", "Took a shop down", SHOPS, "merchant"),
    AuditAction("shop.restored", "Restored a shop", SHOPS, "merchant"),
)
