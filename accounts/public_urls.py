"""Public pages beside allauth's."""

from __future__ import annotations

from django.urls import path

from accounts.views import invitations, security

urlpatterns = [
    path("confirm-email/resend/", security.resend_verification, name="resend-verification"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
]
