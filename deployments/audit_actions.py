from accounts.audit import AuditAction, register_actions
from integrations.audit_actions import SHOPS

register_actions(AuditAction("deployment.created", "Deployed a shop", SHOPS, "deployment"))
