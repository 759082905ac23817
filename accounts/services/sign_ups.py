"""Logins whose address is not confirmed yet: the person who signed up may not own it."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts.clients import ClientInfo
from accounts.models import Member, Partner, User
from accounts.services.security_events import record_security_event, record_sign_up_rejected
from accounts.services.users import end_all_sessions
from config.mail.send import send_mail

#: A confirmation link lives three days, and signing in sends another.
UNCONFIRMED_KEPT = timedelta(days=7)


def is_sign_up(user: User) -> bool:
    """Return whether the user has never signed in nor confirmed an address."""
    return _sign_ups().filter(pk=user.pk).exists()


def clear_other_access(*, user: User) -> None:
    """Before the first sign-in of the address's owner, remove what another person has set up."""
    if user.last_login is None:
        Authenticator.objects.filter(user=user).delete()
        end_all_sessions(user=user)


def reject_address(*, address: EmailAddress, client: ClientInfo) -> None:
    """Act on its owner's word that the address is not the user's.

    A sign-up is deleted, with its company if nothing else belongs to it. A login that has been used
    keeps its former address.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=address.user_id)
        if is_sign_up(user):
            _delete(user)
            record_sign_up_rejected(email=address.email, client=client)
            return
        address.delete()
        action = "login.address_rejected"
        record_security_event(user=user, action=action, client=client, target=address.email)
        if address.email != user.email:
            send_mail("address_rejected", [user.email], email=address.email)


def delete_unconfirmed_sign_ups() -> None:
    """Delete sign-ups of companies that were not confirmed in time."""
    owners = Member.objects.of_all().filter(user=OuterRef("pk"), role=Member.Role.OWNER)
    old = _sign_ups().filter(Exists(owners), date_joined__lt=Now() - UNCONFIRMED_KEPT)
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=pk)
            if is_sign_up(user):
                _delete(user)


def _sign_ups() -> QuerySet[User]:
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login=None,
        is_staff=False,
        is_superuser=False,
    )


def _delete(user: User) -> None:
    partners = [member.partner for member in user.memberships.select_related("partner")]
    user.delete()
    for partner in partners:
        if not _has_rows(partner):
            partner.delete()


def _has_rows(partner: Partner) -> bool:
    """Check all tables but the logs, which outlive their partner."""
    relations = (
        relation
        for relation in Partner._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is not models.DO_NOTHING
    )
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: partner}).exists()  # noqa: SLF001 - documented by Django
        for relation in relations
    )
