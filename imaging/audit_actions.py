from django.utils.translation import gettext_lazy

from accounts.audit import AuditAction, Subject, register_actions

IMAGES = Subject("images", gettext_lazy("Images"))

register_actions(
    AuditAction("image.taken_down", gettext_lazy("Took images down"), IMAGES, "operation"),
    AuditAction("image.restored", gettext_lazy("Restored images"), IMAGES, "operation"),
    AuditAction("provider_cost.set", "Set what the provider bills"),
)
