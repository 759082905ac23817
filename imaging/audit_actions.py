from accounts.audit import AuditAction, Subject, register_actions

IMAGES = Subject("images", "Images")

register_actions(
    AuditAction("image.taken_down", "Took images down", IMAGES, "operation"),
    AuditAction("image.restored", "Restored images", IMAGES, "operation"),
    AuditAction("provider_cost.set", "Set what the provider bills"),
)
