"""What each group of staff may do with partners, keys, accounts and users."""

from config.admin.permissions import ADMIN, FINANCE, GROUPS, OPERATIONS, SUPPORT, allow, view

allow(
    GROUPS,
    *view("accounts", "partner", "member", "invitation", "apikey", "allowednetwork"),
    *view("accounts", "alert"),
    *view("accounts", "requestlog", "refusedcalls", "auditentry", "ratewindow", "dailycalls"),
)
allow(
    (SUPPORT, OPERATIONS),
    *view("accounts", "account", "autologinlink", "idempotencyrecord", "user", "securityevent"),
)
allow(OPERATIONS, *view("accounts", "auditdigest"))
allow(
    GROUPS,
    *view("accounts", "partnernote", "liveaccessrequest", "partnerviewing"),
    "accounts.add_partnernote",
)
allow((SUPPORT, OPERATIONS), "accounts.assign_owner", "accounts.view_as_partner")
# What ends a leak.
allow(
    OPERATIONS,
    "accounts.change_apikey",
    "accounts.change_autologinlink",
    "accounts.end_sessions",
)
allow(
    OPERATIONS,
    "accounts.decide_live_access",
    "accounts.deactivate_partner",
    "accounts.set_limits",
)
allow(
    ADMIN,
    "accounts.add_user",
    "accounts.change_user",
    "accounts.manage_staff",
    "accounts.reset_second_factor",
)
allow((SUPPORT, FINANCE), "accounts.open_personal_data")
