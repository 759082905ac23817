from django.utils.translation import gettext_lazy

from accounts.audit import AuditAction, register_actions
from integrations.audit_actions import SHOPS

register_actions(
    AuditAction("deployment.created", gettext_lazy("Deployed a shop"), SHOPS, "deployment"),
    AuditAction(
        "deployment.retried", gettext_lazy("Retried a failed deployment"), SHOPS, "deployment"
    ),
    AuditAction("deployment.rebuilt", gettext_lazy("Built a live shop again"), SHOPS, "deployment"),
    AuditAction(
        "deployment.updated", gettext_lazy("Updated a shop from its account"), SHOPS, "deployment"
    ),
    AuditAction("deployment.rolled_back", gettext_lazy("Rolled a shop back"), SHOPS, "deployment"),
    AuditAction(
        "deployment.cancelled", gettext_lazy("Cancelled a deployment"), SHOPS, "deployment"
    ),
    AuditAction(
        "shop.contact_changed", gettext_lazy("Changed a shop's contact"), SHOPS, "merchant"
    ),
    AuditAction(
        "shop.domain_lost", gettext_lazy("Stopped serving a shop's domain"), SHOPS, "merchant"
    ),
    AuditAction(
        "shop.domain_verified", gettext_lazy("Verified a shop's domain"), SHOPS, "merchant"
    ),
    AuditAction("shop.taken_down", gettext_lazy("Took a shop down"), SHOPS, "merchant"),
    AuditAction("shop.restored", gettext_lazy("Restored a shop"), SHOPS, "merchant"),
)
