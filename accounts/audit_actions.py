from django.utils.translation import gettext_lazy

from accounts.audit import AuditAction, Subject, register_actions

KEYS = Subject("keys", gettext_lazy("API keys"))
TEAM = Subject("team", gettext_lazy("Team and company"))
ACCOUNTS = Subject("merchants", gettext_lazy("Accounts"))
SIGN_IN = Subject("sign-in", gettext_lazy("Sign-in"))
STAFF = Subject("staff", gettext_lazy("ShopIQ staff"))

# The labels say what someone has done; those without a subject are for staff alone.
register_actions(
    AuditAction("key.created", gettext_lazy("Created an API key"), KEYS, "key"),
    AuditAction("key.edited", gettext_lazy("Edited an API key"), KEYS, "key"),
    AuditAction("key.rolled", gettext_lazy("Rolled an API key"), KEYS, "key"),
    AuditAction("key.revoked", gettext_lazy("Revoked an API key"), KEYS, "key"),
    AuditAction("whitelist.added", gettext_lazy("Added to an API key's whitelist"), KEYS, "key"),
    AuditAction(
        "whitelist.removed", gettext_lazy("Removed from an API key's whitelist"), KEYS, "key"
    ),
)
register_actions(
    AuditAction("partner.signed_up", gettext_lazy("Signed up"), TEAM),
    AuditAction("partner.created", gettext_lazy("Created this company"), TEAM),
    AuditAction(
        "partner.live_access_requested",
        gettext_lazy("Requested live access"),
        TEAM,
        page="live-access",
    ),
    AuditAction(
        "partner.live_access_declined",
        gettext_lazy("Declined live access"),
        TEAM,
        page="live-access",
    ),
    AuditAction("partner.approved", gettext_lazy("Approved live keys"), TEAM),
    AuditAction("partner.deactivated", gettext_lazy("Deactivated this company"), TEAM),
    AuditAction("partner.reactivated", gettext_lazy("Reactivated this company"), TEAM),
    AuditAction("partner.owner_assigned", "Chose who looks after a partner"),
    AuditAction(
        "partner.viewing_started", gettext_lazy("Started to look at this dashboard"), STAFF
    ),
    AuditAction("partner.page_viewed", gettext_lazy("Looked at a page of this dashboard"), STAFF),
    AuditAction("partner.viewing_ended", gettext_lazy("Stopped looking at this dashboard"), STAFF),
    AuditAction("partner.limits_changed", gettext_lazy("Changed the rate limits"), TEAM),
    AuditAction("partner.renamed", gettext_lazy("Renamed the company"), TEAM, page="team"),
    AuditAction("partner.zone_changed", gettext_lazy("Changed the time zone"), TEAM, page="team"),
    AuditAction(
        "partner.second_factor_required",
        gettext_lazy("Required two-factor authentication"),
        TEAM,
        page="team",
    ),
    AuditAction(
        "partner.second_factor_optional",
        gettext_lazy("Made two-factor authentication optional"),
        TEAM,
        page="team",
    ),
    AuditAction(
        "alert.limit_changed", gettext_lazy("Changed the limit of an alert"), TEAM, page="alerts"
    ),
    AuditAction("invitation.sent", gettext_lazy("Sent an invitation"), TEAM, page="team"),
    AuditAction("invitation.resent", gettext_lazy("Resent an invitation"), TEAM, page="team"),
    AuditAction("invitation.withdrawn", gettext_lazy("Withdrew an invitation"), TEAM, page="team"),
    AuditAction("invitation.accepted", gettext_lazy("Accepted an invitation"), TEAM, page="team"),
    AuditAction("member.role_changed", gettext_lazy("Changed a member's role"), TEAM, page="team"),
    AuditAction("member.removed", gettext_lazy("Removed a member"), TEAM, page="team"),
    AuditAction("member.left", gettext_lazy("Left the team"), TEAM, page="team"),
)
# Labels also read well in the user's own history, where the user or staff is the actor.
register_actions(
    AuditAction("login.signed_in", gettext_lazy("Signed in"), SIGN_IN),
    AuditAction("login.signed_out", gettext_lazy("Signed out"), SIGN_IN),
    AuditAction("login.failed", gettext_lazy("Failed sign-in"), SIGN_IN),
    AuditAction("login.unknown_address", "Failed sign-in with an unknown address"),
    AuditAction("login.sign_up_rejected", "Deleted a sign-up that was not theirs"),
    AuditAction("login.address_rejected", gettext_lazy("Address belongs to someone else"), SIGN_IN),
    AuditAction("login.locked", gettext_lazy("Sign-in locked after failures"), SIGN_IN),
    AuditAction(
        "login.reauthentication_failed", gettext_lazy("Failed password confirmation"), SIGN_IN
    ),
    AuditAction(
        "login.second_factor_failed", gettext_lazy("Failed two-factor authentication"), SIGN_IN
    ),
    AuditAction("login.recovery_code_used", gettext_lazy("Used a recovery code"), SIGN_IN),
    AuditAction("login.sessions_ended", gettext_lazy("Signed out other sessions"), SIGN_IN),
    AuditAction("login.reported", gettext_lazy("Reported activity as unknown"), SIGN_IN),
    AuditAction(
        "login.password_reset_requested", gettext_lazy("Requested a password reset"), SIGN_IN
    ),
    AuditAction("login.password_reset", gettext_lazy("Reset the password"), SIGN_IN),
    AuditAction("login.password_changed", gettext_lazy("Changed the password"), SIGN_IN),
    AuditAction("login.email_changed", gettext_lazy("Changed the email address"), SIGN_IN),
    AuditAction("login.second_factor_added", gettext_lazy("Added a two-factor method"), SIGN_IN),
    AuditAction(
        "login.second_factor_removed", gettext_lazy("Removed a two-factor method"), SIGN_IN
    ),
    AuditAction(
        "login.recovery_codes_generated", gettext_lazy("Generated recovery codes"), SIGN_IN
    ),
)
register_actions(
    AuditAction("login.created_by_staff", gettext_lazy("Created a login"), SIGN_IN),
    AuditAction("login.deactivated", gettext_lazy("Deactivated a login"), SIGN_IN, page="team"),
    AuditAction("login.reactivated", gettext_lazy("Reactivated a login"), SIGN_IN, page="team"),
    AuditAction(
        "login.renamed_by_staff", gettext_lazy("Changed a member's name"), SIGN_IN, page="team"
    ),
    AuditAction(
        "login.email_set_by_staff", gettext_lazy("Changed a member's email"), SIGN_IN, page="team"
    ),
    AuditAction(
        "login.password_set_by_staff", gettext_lazy("Set a member's password"), SIGN_IN, page="team"
    ),
    AuditAction("login.permissions_changed", gettext_lazy("Changed staff permissions"), SIGN_IN),
    AuditAction(
        "login.signed_out_by_staff",
        gettext_lazy("Signed a member out everywhere"),
        SIGN_IN,
        page="team",
    ),
    AuditAction(
        "login.second_factor_reset",
        gettext_lazy("Reset a member's two-factor authentication"),
        SIGN_IN,
        page="team",
    ),
)
register_actions(
    AuditAction("account.created", gettext_lazy("Created an account"), ACCOUNTS, "merchant"),
    AuditAction("account.updated", gettext_lazy("Updated an account"), ACCOUNTS, "merchant"),
    AuditAction("account.deleted", gettext_lazy("Deleted an account"), ACCOUNTS),
    AuditAction("auto_login.created", gettext_lazy("Created an auto-login link"), ACCOUNTS),
    AuditAction("auto_login.revoked", gettext_lazy("Revoked an auto-login link"), ACCOUNTS),
    AuditAction(
        "auto_login.all_of_partner_revoked",
        gettext_lazy("Revoked the auto-login links of all accounts"),
        ACCOUNTS,
    ),
    AuditAction(
        "auto_login.all_revoked",
        gettext_lazy("Revoked all auto-login links of an account"),
        ACCOUNTS,
        "merchant",
    ),
)
register_actions(
    AuditAction("personal_data.opened", gettext_lazy("Opened personal data"), ACCOUNTS)
)
register_actions(
    AuditAction("staff.invited", "Invited to the staff"),
    AuditAction("staff.invitation_withdrawn", "Withdrew an invitation to the staff"),
    AuditAction("staff.joined", "Joined the staff"),
    AuditAction("staff.confirmed", "Confirmed a member of the staff"),
)
