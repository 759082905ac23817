from accounts.audit import AuditAction, Subject, register_actions

POINTS = Subject("points", "Points and billing")

register_actions(
    AuditAction("points.credited", "Credited points", POINTS, page="points"),
    AuditAction("points.corrected", "Corrected points", POINTS, page="points"),
    AuditAction("points.debt_written_off", "Wrote off a debt", POINTS, page="points"),
    AuditAction("purchase.started", "Started a purchase", POINTS, "purchase"),
    AuditAction("purchase.paid", "Settled a purchase", POINTS, "purchase"),
    AuditAction("purchase.cancelled", "Cancelled a purchase", POINTS, "purchase"),
    AuditAction("purchase.refund_started", "Started a refund", POINTS, "purchase"),
    AuditAction("purchase.refunded", "Refunded a purchase", POINTS, "purchase"),
    AuditAction("purchase.return_reported", "Received a refund or dispute", POINTS, "purchase"),
    AuditAction("purchase.points_frozen", "Froze points", POINTS, "purchase"),
    AuditAction("purchase.points_released", "Released frozen points", POINTS, "purchase"),
    AuditAction("purchase.points_taken_back", "Took back points", POINTS, "purchase"),
    AuditAction("purchase.debt_settled", "Settled a debt of points", POINTS, "purchase"),
    AuditAction("purchase.payment_booked", "Booked a payment by hand", POINTS, "purchase"),
    AuditAction("purchase.flagged_payment_booked", "Booked a flagged payment", POINTS, "purchase"),
    AuditAction("purchase.transfer_recorded", "Recorded a bank transfer", POINTS, "purchase"),
    AuditAction("purchase.transfer_returned", "Returned a bank transfer", POINTS, "purchase"),
    AuditAction("purchase.flagged_for_review", "Flagged a payment for review", POINTS, "purchase"),
    AuditAction("purchase.review_resolved", "Resolved a payment review", POINTS, "purchase"),
    AuditAction(
        "billing.details_changed", "Changed the billing details", POINTS, page="billing-settings"
    ),
    AuditAction("billing.alert_changed", "Changed the low-balance alerts", POINTS, page="alerts"),
    AuditAction("price.changed", "Scheduled a price"),
    AuditAction("price.withdrawn", "Withdrew a scheduled price"),
    AuditAction("package.added", "Added a package"),
    AuditAction("package.changed", "Changed a package"),
    AuditAction("report.downloaded", "Downloaded a report"),
)
# What staff ask each other; the partner sees what comes of it.
register_actions(
    AuditAction("approval.requested", "Asked for approval"),
    AuditAction("approval.approved", "Approved a request"),
    AuditAction("approval.declined", "Declined a request"),
    AuditAction("approval.withdrawn", "Withdrew a request"),
    AuditAction("approval.lapsed", "Let a request lapse"),
)
