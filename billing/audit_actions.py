from django.utils.translation import gettext_lazy

from accounts.audit import AuditAction, Subject, register_actions

POINTS = Subject("points", gettext_lazy("Points and billing"))

register_actions(
    AuditAction("points.credited", gettext_lazy("Credited points"), POINTS, page="points"),
    AuditAction("points.corrected", gettext_lazy("Corrected points"), POINTS, page="points"),
    AuditAction("points.debt_written_off", gettext_lazy("Wrote off a debt"), POINTS, page="points"),
    AuditAction("purchase.started", gettext_lazy("Started a purchase"), POINTS, "purchase"),
    AuditAction("purchase.paid", gettext_lazy("Settled a purchase"), POINTS, "purchase"),
    AuditAction("purchase.cancelled", gettext_lazy("Cancelled a purchase"), POINTS, "purchase"),
    AuditAction("purchase.refund_started", gettext_lazy("Started a refund"), POINTS, "purchase"),
    AuditAction("purchase.refunded", gettext_lazy("Refunded a purchase"), POINTS, "purchase"),
    AuditAction(
        "purchase.return_reported", gettext_lazy("Received a refund or dispute"), POINTS, "purchase"
    ),
    AuditAction("purchase.points_frozen", gettext_lazy("Froze points"), POINTS, "purchase"),
    AuditAction(
        "purchase.points_released", gettext_lazy("Released frozen points"), POINTS, "purchase"
    ),
    AuditAction("purchase.points_taken_back", gettext_lazy("Took back points"), POINTS, "purchase"),
    AuditAction(
        "purchase.debt_settled", gettext_lazy("Settled a debt of points"), POINTS, "purchase"
    ),
    AuditAction(
        "purchase.payment_booked", gettext_lazy("Booked a payment by hand"), POINTS, "purchase"
    ),
    AuditAction(
        "purchase.flagged_payment_booked",
        gettext_lazy("Booked a flagged payment"),
        POINTS,
        "purchase",
    ),
    AuditAction(
        "purchase.transfer_recorded", gettext_lazy("Recorded a bank transfer"), POINTS, "purchase"
    ),
    AuditAction(
        "purchase.transfer_returned", gettext_lazy("Returned a bank transfer"), POINTS, "purchase"
    ),
    AuditAction(
        "purchase.flagged_for_review",
        gettext_lazy("Flagged a payment for review"),
        POINTS,
        "purchase",
    ),
    AuditAction(
        "purchase.review_resolved", gettext_lazy("Resolved a payment review"), POINTS, "purchase"
    ),
    AuditAction(
        "billing.details_changed",
        gettext_lazy("Changed the billing details"),
        POINTS,
        page="billing-settings",
    ),
    AuditAction(
        "billing.alert_changed",
        gettext_lazy("Changed the low-balance alerts"),
        POINTS,
        page="alerts",
    ),
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
