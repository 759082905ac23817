"""Dashboard pages: API keys, whitelists, team, request log, audit trail."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.views import (
    audit,
    auto_login,
    company,
    history,
    invitations,
    key_advice,
    key_creation,
    keys,
    live_access,
    partners,
    requests,
    security,
    team,
    whitelists,
)

urlpatterns: list[URLPattern] = [
    path("team/", team.team, name="team"),
    path("team/invite/", invitations.invite, name="invite-member"),
    path("team/leave/", team.leave, name="leave-partner"),
    path("team/name/", team.rename, name="rename-partner"),
    path("team/second-factor/", team.second_factor_rule, name="second-factor-rule"),
    path("team/<id:pk>/", team.edit_member, name="member"),
    path("team/<id:pk>/remove/", team.end_membership, name="remove-member"),
    path(
        "team/invitations/<id:invitation_id>/resend/", invitations.resend, name="resend-invitation"
    ),
    path(
        "team/invitations/<id:invitation_id>/withdraw/",
        invitations.withdraw,
        name="withdraw-invitation",
    ),
    path("security/", security.security, name="security"),
    path("security/history/", history.history, name="security-history"),
    path("security/not-me/", history.not_me, name="security-not-me"),
    path("company/zone/", company.time_zone, name="time-zone"),
    path("company/choose/", partners.choose, name="choose-partner"),
    path("company/new/", partners.create, name="create-partner"),
    path("keys/", keys.list_keys, name="keys"),
    path("keys/advice/", key_advice.list_advice, name="key-advice"),
    path("live-access/", live_access.live_access, name="live-access"),
    path("keys/new/", key_creation.create, name="key-new"),
    path("keys/new/management/", key_creation.create_management, name="key-new-management"),
    path(
        "keys/new/management-test/",
        key_creation.create_management_test,
        name="key-new-management-test",
    ),
    path("keys/<id:key_id>/", keys.show_key, name="key"),
    path("keys/<id:key_id>/edit/", keys.edit, name="key-edit"),
    path("keys/<id:key_id>/roll/", key_creation.roll, name="key-roll"),
    path("keys/<id:key_id>/revoke/", keys.revoke, name="key-revoke"),
    path("keys/<id:key_id>/advice/<slug:kind>/", key_advice.tighten, name="key-tighten"),
    path("keys/<id:key_id>/whitelist/", whitelists.whitelist, name="key-whitelist"),
    path(
        "keys/<id:key_id>/whitelist/<id:entry_id>/remove/",
        whitelists.remove,
        name="key-network-remove",
    ),
    path("logs/", requests.requests, name="requests"),
    path("logs.csv", requests.requests_csv, name="requests-csv"),
    path("logs/errors/", requests.request_errors, name="request-errors"),
    path("logs/<id:pk>/", requests.request, name="request"),
    path(
        "accounts/<id:account_id>/links/revoke/",
        auto_login.revoke_all,
        name="auto-login-revoke-all",
    ),
    path(
        "accounts/<id:account_id>/links/<id:link_id>/revoke/",
        auto_login.revoke,
        name="auto-login-revoke",
    ),
    path("audit/", audit.audit, name="audit"),
    path("audit.csv", audit.audit_csv, name="audit-csv"),
]
