"""Adapters for allauth.

Only this module, `logins`, `second_factors` and `user_sessions` touch private parts of allauth;
`tests/accounts/test_allauth.py` checks every symbol that they use.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext, gettext_lazy, override

from accounts.clients import ClientInfo
from accounts.emails import normalize_email
from accounts.models import User
from accounts.models.user import normalize_password
from accounts.networks import client_address
from accounts.services.security_events import record_security_event
from accounts.services.users import languages_of
from accounts.sign_in.lockout import attempt_counters, record_failed_sign_in, record_lockout
from accounts.sign_in.logins import signed_in_recently
from accounts.sign_in.second_factors import decrypt_secret, encrypt_secret

_APP = "allauth.account"


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "Incorrect email or password. Passwords are case-sensitive."
        ),
        "too_many_login_attempts": gettext_lazy(
            "Too many attempts. Try again in five minutes, or reset your password."
        ),
        "rate_limited": gettext_lazy("Too many attempts. Try again in five minutes."),
        "incorrect_password": gettext_lazy("Incorrect password."),
        "enter_current_password": gettext_lazy("Your current password is incorrect."),
        "duplicate_email": gettext_lazy("This is already your email address."),
        # As allauth words them, which has no Hindi and no Assamese.
        "account_inactive": gettext_lazy("This account is currently inactive."),
        "cannot_remove_primary_email": gettext_lazy(
            "You cannot remove your primary email address."
        ),
        "email_taken": gettext_lazy("A user is already registered with this email address."),
        "incorrect_code": gettext_lazy("Incorrect code."),
        "invalid_password_reset": gettext_lazy("The password reset token was invalid."),
        "unverified_primary_email": gettext_lazy("Your primary email address must be verified."),
        "same_as_current": gettext_lazy("The new value must be different from the current one."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Resolve the address as whitelists do, so that a forged header has no effect."""
        address = client_address(request)
        if address is None:
            raise PermissionDenied("The client's address cannot be read.")
        return str(address)

    def is_safe_url(self, url: str) -> bool:
        """Accept this host only. By default allauth also redirects to the other `ALLOWED_HOSTS`,
        which may include merchants' sites."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        )

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """Name the browser in emails: the header could carry a stranger's words or links."""
        return ClientInfo.of(request).browser

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count by network or device. Allauth's own key includes the `Host` header, so every port
        in it would allow five more attempts."""
        email, usage = str(credentials.get("email", "")), RateLimitUsage(usage=[])
        # Rolled back by `authenticate` when the password is right.
        self._login_failed_rl_usage = usage
        for action, key in attempt_counters(request, email):
            used = ratelimit.consume(request, app=_APP, action=action, key=key)
            if not used:
                usage.rollback()
                record_lockout(request, email)
                raise self.validation_error("too_many_login_attempts")
            usage.usage += used.usage

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record_failed_sign_in(request, str(credentials.get("email", "")))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        for action, key in attempt_counters(request, str(credentials.get("email", ""))):
            ratelimit.clear(request, app=_APP, action=action, key=key)

    def login(self, request: HttpRequest, user: Any) -> None:
        request.is_first_sign_in = user.last_login is None  # type: ignore[attr-defined]
        super().login(request, user)

    def clean_email(self, email: str) -> str:
        """Bring an address to its normal form, in all of allauth's forms."""
        return normalize_email(super().clean_email(email))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Build links from `PUBLIC_URL`, whatever `Host` the browser sent. Write in the language of
        whom the address belongs to: someone else may be at the page."""
        language = languages_of([email]).get(email) or get_language()
        with override(language):
            super().send_mail(
                template_prefix, email, {**context, "public_url": settings.PUBLIC_URL}
            )

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        return _public_url(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _, token = key.partition("-")
        return _public_url(reverse("account_reset_password_from_key", args=[user, token]))

    def save_user(
        self, request: HttpRequest, user: Any, form: BaseForm, commit: bool = True
    ) -> Any:
        user.name = form.cleaned_data["name"]
        user.language = get_language() or user.language
        return super().save_user(request, user, form, commit)

    def clean_password(self, password: str, user: Any = None) -> str:
        """Check the length and the rest of what will be hashed."""
        return str(super().clean_password(normalize_password(password) or "", user))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:  # another user took the address in the meantime
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Treat a recent sign-in like a reauthentication, as `accounts.permissions` does."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        return bool(required) and not signed_in_recently(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        names = {
            "reauthenticate": gettext("Use your password"),
            "mfa_reauthenticate": gettext("Use a code from your authenticator app"),
            "mfa_reauthenticate:webauthn": gettext("Use a passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": names[method["id"]]} for method in methods]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("security")


def consume_export(request: HttpRequest) -> bool:
    """Count a download; return False if the user has made too many. Allauth's public function does
    not count GET requests."""
    user = request.user
    return bool(ratelimit.consume(request, app=_APP, action="export", user=user, limit_get=True))


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is incorrect or has expired."),
        # As allauth words them.
        "add_email_blocked": gettext_lazy(
            "You cannot add an email address to an account protected by two-factor authentication."
        ),
        "cannot_delete_authenticator": gettext_lazy(
            "You cannot deactivate two-factor authentication."
        ),
        "cannot_generate_recovery_codes": gettext_lazy(
            "You cannot generate recovery codes without having two-factor authentication enabled."
        ),
        "unverified_email": gettext_lazy(
            "You cannot activate two-factor authentication until you have verified your email"
            " address."
        ),
    }

    def encrypt(self, text: str) -> str:
        return encrypt_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt_secret(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "ShopIQ"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "ShopIQ"}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        if number == 1:
            return gettext("Passkey")
        # Translators: the name of a second or later one, until its user changes it
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {
            **super().get_public_key_credential_user_entity(user),
            "display_name": user.get_full_name(),
        }


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Any) -> None:
        super().end_sessions(sessions)
        request = context.request
        client, user = ClientInfo.of(request), cast(User, request.user)
        record_security_event(user=user, action="login.sessions_ended", client=client)


def _public_url(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
