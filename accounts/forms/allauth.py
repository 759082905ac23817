"""allauth's forms with our own labels and without placeholders."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as account
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.clients import ClientInfo
from accounts.emails import normalize_email
from accounts.services.security_events import record_security_event

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: How long it takes to ask for a new password, so that the time does not tell who has a login:
#: more is written for those who do.
RESET_SECONDS = 0.25
LENGTH_RULE = gettext_lazy("At least 12 characters. Common passwords are rejected.")


class LabelledForm(forms.Form):
    """Set labels and help texts, and remove placeholders, which vanish while typing."""

    labels: ClassVar[dict[str, StrOrPromise | tuple[StrOrPromise, StrOrPromise]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            text = self.labels.get(name, str(field.label or ""))
            field.label, field.help_text = text if isinstance(text, tuple) else (text, "")


class AddEmailForm(LabelledForm, account.AddEmailForm):
    labels: ClassVar = {"email": gettext_lazy("New email")}


class ResetPasswordForm(LabelledForm, account.ResetPasswordForm):
    labels: ClassVar = {"email": gettext_lazy("Email")}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Skip mails beyond the limit silently: the links of the earlier ones still work."""
        end = time.monotonic() + RESET_SECONDS
        email: str = self.cleaned_data["email"]
        if ratelimit.consume(request, action="reset_mail", key=normalize_email(email)):
            super().save(request, **kwargs)
            client, action = ClientInfo.of(request), "login.password_reset_requested"
            for user in self.users:
                record_security_event(user=user, action=action, client=client)
        time.sleep(max(0.0, end - time.monotonic()))
        return email


class _SinglePasswordForm(LabelledForm):
    """Ask for the new password once: a mistyped one can be reset by email."""

    labels: ClassVar = {
        "oldpassword": gettext_lazy("Current password"),
        "password1": (gettext_lazy("New password"), LENGTH_RULE),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ChangePasswordForm(_SinglePasswordForm, account.ChangePasswordForm): ...


class SetPasswordForm(_SinglePasswordForm, account.SetPasswordForm): ...


class ResetPasswordKeyForm(_SinglePasswordForm, account.ResetPasswordKeyForm): ...


class ReauthenticateForm(LabelledForm, account.ReauthenticateForm):
    labels: ClassVar = {"password": gettext_lazy("Password")}


class SecondStepForm(LabelledForm, mfa.AuthenticateForm):
    labels: ClassVar = {"code": gettext_lazy("Code")}


class SecondFactorReauthenticateForm(LabelledForm, mfa.ReauthenticateForm):
    labels: ClassVar = {"code": gettext_lazy("Code")}


class SignInPasskeyForm(LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except (KeyError, TypeError, ValueError):  # of the library, for JSON of another form
            raise get_adapter().validation_error("incorrect_code") from None


class SecondStepPasskeyForm(AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        """Record failures: allauth signals only those of codes."""
        try:
            return super().clean_credential()
        except (KeyError, TypeError, ValueError, forms.ValidationError) as error:
            client, action = ClientInfo.of(context.request), "login.second_factor_failed"
            target = "WebAuthn"
            record_security_event(user=self.user, action=action, client=client, target=target)
            if isinstance(error, forms.ValidationError):
                raise
            raise get_adapter().validation_error("incorrect_code") from None


class ReauthenticatePasskeyForm(SecondStepPasskeyForm, ReauthenticateWebAuthnForm): ...


class EmailedCodeForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code from the email"), max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "autofocus": True,
        }


class ActivateAppForm(LabelledForm, ActivateTOTPForm):
    labels: ClassVar = {"code": gettext_lazy("Authenticator code")}


class AddPasskeyForm(LabelledForm, AddWebAuthnForm):
    """Use the passkey for sign-in without a password unless the box is cleared."""

    labels: ClassVar = {
        "name": (gettext_lazy("Name"), gettext_lazy("For example, Phone or Work laptop.")),
        "passwordless": (
            gettext_lazy("Sign in without the password"),
            gettext_lazy("Your device asks for its PIN, your fingerprint or your face."),
        ),
    }
    name = forms.CharField(required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(LabelledForm, EditWebAuthnForm):
    labels: ClassVar = {"name": gettext_lazy("Name")}
    name = forms.CharField(max_length=60)
