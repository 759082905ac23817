from accounts.audit import AuditAction, Subject, register_actions

KEYS = Subject("keys", "API keys")
TEAM = Subject("team", "Team and company")
ACCOUNTS = Subject("merchants", "Accounts")
SIGN_IN = Subject("sign-in", "Sign-in")
STAFF = Subject("staff", "ShopIQ staff")

register_actions(
    AuditAction("key.created", "Created an API key", KEYS, "key"),
    AuditAction("key.edited", "Edited an API key", KEYS, "key"),
    AuditAction("key.rolled", "Rolled an API key", KEYS, "key"),
    AuditAction("key.revoked", "Revoked an API key", KEYS, "key"),
    AuditAction("whitelist.added", "Added to an API key's whitelist", KEYS, "key"),
    AuditAction("whitelist.removed", "Removed from an API key's whitelist", KEYS, "key"),
)
register_actions(
    AuditAction("partner.signed_up", "Signed up", TEAM),
    AuditAction("partner.created", "Created this company", TEAM),
    AuditAction("partner.live_access_requested", "Requested live access", TEAM, page="live-access"),
    AuditAction("partner.live_access_declined", "Declined live access", TEAM, page="live-access"),
    AuditAction("partner.approved", "Approved live keys", TEAM),
    AuditAction("partner.deactivated", "Deactivated this company", TEAM),
    AuditAction("partner.reactivated", "Reactivated this company", TEAM),
    AuditAction("partner.owner_assigned", "Chose who looks after a partner"),
    AuditAction("partner.viewing_started", "Started to look at this dashboard", STAFF),
    AuditAction("partner.page_viewed", "Looked at a page of this dashboard", STAFF),
    AuditAction("partner.viewing_ended", "Stopped looking at this dashboard", STAFF),
    AuditAction("partner.limits_changed", "Changed the rate limits", TEAM),
    AuditAction("partner.renamed", "Renamed the company", TEAM, page="team"),
    AuditAction("partner.zone_changed", "Changed the time zone", TEAM, page="team"),
    AuditAction(
        "partner.second_factor_required",
        "Required two-factor authentication",
        TEAM,
        page="team",
    ),
    AuditAction(
        "partner.second_factor_optional",
        "Made two-factor authentication optional",
        TEAM,
        page="team",
    ),
    AuditAction("alert.limit_changed", "Changed the limit of an alert", TEAM, page="alerts"),
    AuditAction("invitation.sent", "Sent an invitation", TEAM, page="team"),
    AuditAction("invitation.resent", "Resent an invitation", TEAM, page="team"),
    AuditAction("invitation.withdrawn", "Withdrew an invitation", TEAM, page="team"),
    AuditAction("invitation.accepted", "Accepted an invitation", TEAM, page="team"),
    AuditAction("member.role_changed", "Changed a member's role", TEAM, page="team"),
    AuditAction("member.removed", "Removed a member", TEAM, page="team"),
    AuditAction("member.left", "Left the team", TEAM, page="team"),
)
# Labels also read well in the user's own history, where the user or staff is the actor.
register_actions(
    AuditAction("login.signed_in", "Signed in", SIGN_IN),
    AuditAction("login.signed_out", "Signed out", SIGN_IN),
    AuditAction("login.failed", "Failed sign-in", SIGN_IN),
    AuditAction("login.unknown_address", "Failed sign-in with an unknown address"),
    AuditAction("login.sign_up_rejected", "Deleted a sign-up that was not theirs"),
    AuditAction("login.address_rejected", "Address belongs to someone else", SIGN_IN),
    AuditAction("login.locked", "Sign-in locked after failures", SIGN_IN),
    AuditAction("login.reauthentication_failed", "Failed password confirmation", SIGN_IN),
    AuditAction("login.second_factor_failed", "Failed two-factor authentication", SIGN_IN),
    AuditAction("login.recovery_code_used", "Used a recovery code", SIGN_IN),
    AuditAction("login.sessions_ended", "Signed out other sessions", SIGN_IN),
    AuditAction("login.reported", "Reported activity as unknown", SIGN_IN),
    AuditAction("login.password_reset_requested", "Requested a password reset", SIGN_IN),
    AuditAction("login.password_reset", "Reset the password", SIGN_IN),
    AuditAction("login.password_changed", "Changed the password", SIGN_IN),
    AuditAction("login.email_changed", "Changed the email address", SIGN_IN),
    AuditAction("login.second_factor_added", "Added a two-factor method", SIGN_IN),
    AuditAction("login.second_factor_removed", "Removed a two-factor method", SIGN_IN),
    AuditAction("login.recovery_codes_generated", "Generated recovery codes", SIGN_IN),
)
register_actions(
    AuditAction("login.created_by_staff", "Created a login", SIGN_IN),
    AuditAction("login.deactivated", "Deactivated a login", SIGN_IN, page="team"),
    AuditAction("login.reactivated", "Reactivated a login", SIGN_IN, page="team"),
    AuditAction("login.renamed_by_staff", "Changed a member's name", SIGN_IN, page="team"),
    AuditAction("login.email_set_by_staff", "Changed a member's email", SIGN_IN, page="team"),
    AuditAction("login.password_set_by_staff", "Set a member's password", SIGN_IN, page="team"),
    AuditAction("login.permissions_changed", "Changed staff permissions", SIGN_IN),
    AuditAction(
        "login.signed_out_by_staff", "Signed a member out everywhere", SIGN_IN, page="team"
    ),
    AuditAction(
        "login.second_factor_reset",
        "Reset a member's two-factor authentication",
        SIGN_IN,
        page="team",
    ),
)
register_actions(
    AuditAction("account.created", "Created an account", ACCOUNTS, "merchant"),
    AuditAction("account.updated", "Updated an account", ACCOUNTS, "merchant"),
    AuditAction("account.deleted", "Deleted an account", ACCOUNTS),
    AuditAction("auto_login.created", "Created an auto-login link", ACCOUNTS),
    AuditAction("auto_login.revoked", "Revoked an auto-login link", ACCOUNTS),
    AuditAction(
        "auto_login.all_of_partner_revoked",
        "Revoked the auto-login links of all accounts",
        ACCOUNTS,
    ),
    AuditAction(
        "auto_login.all_revoked",
        "Revoked all auto-login links of an account",
        ACCOUNTS,
        "merchant",
    ),
)
register_actions(AuditAction("personal_data.opened", "Opened personal data", ACCOUNTS))
register_actions(
    AuditAction("staff.invited", "Invited to the staff"),
    AuditAction("staff.invitation_withdrawn", "Withdrew an invitation to the staff"),
    AuditAction("staff.joined", "Joined the staff"),
    AuditAction("staff.confirmed", "Confirmed a member of the staff"),
)
