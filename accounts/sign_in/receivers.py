"""Record what happens to logins, mail it to the user, and end the sessions that it makes unsafe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext

from accounts import signals
from accounts.clients import ClientInfo
from accounts.models import User
from accounts.services.security_events import record_security_event
from accounts.services.staff import complete_staff_invitations
from accounts.services.staff_actions import Staff, record_new_login, record_password_set
from accounts.services.users import choose_language, end_all_sessions
from accounts.sign_in.devices import Device, remember_device
from accounts.sign_in.sessions import end_other_sessions
from config.mail.send import send_mail
from config.pages.languages import COOKIE, remember_language

#: Who acts outside of a request.
_COMMAND = Staff("command")


def connect() -> None:
    """Run once, when all apps are ready."""
    for signal, receiver in _receivers():
        signal.connect(receiver, dispatch_uid=f"accounts.{receiver.__name__}")


def _receivers() -> Iterable[tuple[Signal, Any]]:
    yield account.user_logged_in, _signed_in
    yield user_logged_out, _signed_out
    yield account.password_changed, _password_changed
    yield account.password_set, _password_changed
    yield account.password_reset, _password_reset
    yield account.email_changed, _email_changed
    yield signals.superuser_created, _superuser_created
    yield signals.password_saved, _password_saved
    yield mfa.authenticator_added, _second_factor_added
    yield mfa.authenticator_removed, _second_factor_removed
    yield mfa.authenticator_reset, _recovery_codes_generated
    yield mfa.authenticator_used, _second_factor_used
    yield mfa.authentication_failed, _second_factor_failed


def _record(request: HttpRequest, user: User, action: str, target: str = "", **detail: Any) -> None:
    client = ClientInfo.of(request)
    record_security_event(user=user, action=action, client=client, target=target, **detail)


def _superuser_created(user: User, **_: Any) -> None:
    if context.request is None:
        record_new_login(user=user, staff=_COMMAND)


def _password_saved(user: User, **_: Any) -> None:
    """Record what commands do, such as `changepassword`; pages record it with who did it."""
    if context.request is None:
        record_password_set(user=user, staff=_COMMAND)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    is_first = getattr(request, "is_first_sign_in", False)
    with transaction.atomic():
        _record(request, user, "login.signed_in")
        if not (is_first or Device.of(request).knows(user)):
            client = ClientInfo.of(request)
            send_mail("new_sign_in", [user.email], client=client, at=timezone.now())
    remember_device(request, user)
    if is_first or COOKIE in request.COOKIES:
        choose_language(user=user, language=get_language() or user.language)
    else:
        remember_language(request, user.language)


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _record(request, user, "login.signed_out")


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    end_other_sessions(request, user)
    _record(request, user, "login.password_changed")


def _password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    end_all_sessions(user=user)
    # Who reset the password has the mailbox: the next sign-in from here is no news.
    remember_device(request, user)
    _record(request, user, "login.password_reset")


def _email_changed(
    request: HttpRequest,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **_: Any,
) -> None:
    # allauth also signals the first address of a new user, which changes nothing.
    if from_email_address is None:
        return
    before, after = from_email_address.email, to_email_address.email
    end_other_sessions(request, user)
    _record(request, user, "login.email_changed", before=before, after=after)
    # allauth mails the former address.
    context = {"from_email": before, "to_email": after}
    get_adapter().send_notification_mail("account/email/email_changed", user, context, after)


def _second_factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    _factors_changed(request, user, authenticator, "login.second_factor_added")
    if complete_staff_invitations(user=user, client=ClientInfo.of(request)):
        text = gettext("You are one of the staff now. Open the administration.")
        messages.success(request, text)


def _second_factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    _factors_changed(request, user, authenticator, "login.second_factor_removed")


def _factors_changed(
    request: HttpRequest, user: User, authenticator: Authenticator, action: str
) -> None:
    # Recovery codes come and go with another method, which has ended the sessions.
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        end_other_sessions(request, user)
    _record(request, user, action, _name_of(authenticator))


def _name_of(authenticator: Authenticator) -> str:
    """Return allauth's name of its type, in English, as the audit trail keeps it."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(authenticator.get_type_display())


def _recovery_codes_generated(request: HttpRequest, user: User, **_: Any) -> None:
    _record(request, user, "login.recovery_codes_generated")


def _second_factor_used(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _record(request, user, "login.recovery_code_used")


def _second_factor_failed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    _record(request, user, "login.second_factor_failed", _name_of(authenticator))
