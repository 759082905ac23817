from accounts.audit import AuditAction, Subject, register_actions

KEYS = Subject("keys", "API keys")
TEAM = Subject("team", "Team and company")
ACCOUNTS = Subject("merchants", "Accounts")

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
    AuditAction("partner.approved", "Approved live keys", TEAM),
    AuditAction("partner.deactivated", "Deactivated this company", TEAM),
    AuditAction("partner.reactivated", "Reactivated this company", TEAM),
    AuditAction("partner.limits_changed", "Changed the rate limits", TEAM),
    AuditAction("partner.renamed", "Renamed the company", TEAM, page="team"),
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
    AuditAction("invitation.sent", "Sent an invitation", TEAM, page="team"),
    AuditAction("invitation.resent", "Resent an invitation", TEAM, page="team"),
    AuditAction("invitation.withdrawn", "Withdrew an invitation", TEAM, page="team"),
    AuditAction("invitation.accepted", "Accepted an invitation", TEAM, page="team"),
    AuditAction("member.role_changed", "Changed a member's role", TEAM, page="team"),
    AuditAction("member.removed", "Removed a member", TEAM, page="team"),
    AuditAction("member.left", "Left the team", TEAM, page="team"),
    AuditAction("login.password_changed", "Changed their password", TEAM),
    AuditAction("login.password_reset", "Reset their password", TEAM),
    AuditAction("login.email_changed", "Changed their email address", TEAM),
    AuditAction("login.second_factor_added", "Added a two-factor method", TEAM),
    AuditAction("login.second_factor_removed", "Removed a two-factor method", TEAM),
    AuditAction("login.recovery_codes_generated", "Generated recovery codes", TEAM),
    AuditAction(
        "login.second_factor_reset", "Reset a member's two-factor authentication", TEAM, page="team"
    ),
)
register_actions(
    AuditAction("account.created", "Created an account", ACCOUNTS, "merchant"),
    AuditAction("account.updated", "Updated an account", ACCOUNTS, "merchant"),
    AuditAction("account.deleted", "Deleted an account", ACCOUNTS),
    AuditAction("auto_login.created", "Created an auto-login link", ACCOUNTS),
    AuditAction("auto_login.revoked", "Revoked an auto-login link", ACCOUNTS),
    AuditAction(
        "auto_login.all_revoked",
        "Revoked all auto-login links of an account",
        ACCOUNTS,
        "merchant",
    ),
)
