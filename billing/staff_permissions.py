"""What each group of staff may do with points and money."""

from config.admin.permissions import ADMIN, FINANCE, GROUPS, OPERATIONS, SUPPORT, allow, view

allow(
    GROUPS,
    *view("billing", "tier", "operationprice", "package", "dailyusage", "charge"),
    *view("billing", "pointbucket", "ledgerentry", "alertthreshold", "statement"),
    *view("billing", "keyspending"),
    *view("billing", "purchase", "banktransfer", "paymentreturn", "invoice"),
)
allow((SUPPORT, FINANCE), *view("billing", "billingprofile"))
allow((FINANCE, OPERATIONS), *view("billing", "ledgercheck", "ledgeralert", "ledgerdigest"))
allow((FINANCE, OPERATIONS), *view("billing", "ledgercheckpoint", "invoicecounter"))
allow(FINANCE, *view("billing", "payoutline"))
allow(GROUPS, *view("billing", "sandboxpayment", "sandboxreturn"))
allow((FINANCE, OPERATIONS), "billing.receive_ledgeralert")
allow(FINANCE, *view("billing", "payoutline"), "billing.view_reports")
allow(
    FINANCE,
    "billing.change_purchase",
    "billing.view_approval",
    "billing.request_approval",
    "billing.decide_approval",
)
allow(GROUPS, *view("billing", "packageprice"))
allow(
    ADMIN,
    "billing.add_operationprice",
    "billing.delete_operationprice",
    "billing.add_package",
    "billing.change_package",
    "billing.add_packageprice",
    "billing.delete_packageprice",
)
