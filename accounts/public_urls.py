"""Public pages beside allauth's."""

from __future__ import annotations

from django.urls import path, re_path

from accounts.views import (
    confirmations,
    enrolment,
    invitations,
    security,
    staff_invitations,
    unsubscribing,
    viewing,
)

urlpatterns = [
    path("confirm-email/resend/", security.resend_verification, name="resend-verification"),
    # Instead of allauth's own pages at these paths.
    path("confirm-email/<str:key>/", confirmations.confirm_email, name="confirm-email"),
    path("2fa/totp/activate/", enrolment.activate_app, name="security-activate-app"),
    path("2fa/webauthn/add/", enrolment.add_passkey, name="security-add-passkey"),
    re_path(
        r"^2fa/emailed-code/(?P<then>app|passkey)/$",
        enrolment.emailed_code,
        name="security-emailed-code",
    ),
    path(
        "alerts/unsubscribe/<str:token>/",
        unsubscribing.alert_unsubscribe,
        name="alert-unsubscribe",
    ),
    path("viewing/end/", viewing.end, name="end-viewing"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path(
        "staff-invitations/<str:token>/",
        staff_invitations.staff_invitation,
        name="staff-invitation",
    ),
]
