"""Public pages beside allauth's."""

from __future__ import annotations

from django.urls import path

from accounts.views import confirmations, invitations, security

urlpatterns = [
    path("confirm-email/resend/", security.resend_verification, name="resend-verification"),
    # Instead of allauth's own page at this path.
    path("confirm-email/<str:key>/", confirmations.confirm_email, name="confirm-email"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
]
