"""Invitations to the staff."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.models.user import User
from config.db.fields import IdField


class StaffInvitationQuerySet(models.QuerySet["StaffInvitation"]):
    def open(self) -> Self:
        """Select those that have not made anyone a member of the staff, and still may."""
        return self.filter(completed_at=None, withdrawn_at=None, expires_at__gt=Now())

    def unused(self) -> Self:
        """Select those whose link works: no one has opened it and accepted."""
        return self.open().filter(accepted_by=None)

    def unconfirmed(self) -> Self:
        """Select those of staff whom only the person that invited them knows."""
        made = self.filter(completed_at__isnull=False, invited_by__isnull=False)
        return made.filter(confirmed_at=None)


class StaffInvitation(models.Model):
    """An offer to join the staff; only the hash of its token is stored.

    Who accepts gets a login, which becomes one of the staff once it has a second factor.
    """

    id = IdField()
    email = models.EmailField(help_text="Lowercase.")
    groups = ArrayField(models.CharField(max_length=150))
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="Empty: a command."
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    completed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="Neither of the two."
    )
    confirmed_at = models.DateTimeField(null=True)

    objects = StaffInvitationQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(completed_at=None)
                | models.Q(accepted_by__isnull=False, withdrawn_at=None),
                name="staff_invitation_completed_once_accepted",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None, confirmed_by=None)
                | models.Q(completed_at__isnull=False, confirmed_at__isnull=False)
                & ~models.Q(confirmed_by=models.F("invited_by"))
                & ~models.Q(confirmed_by=models.F("accepted_by")),
                name="staff_invitation_confirmed_by_a_third",
            ),
        ]

    def __str__(self) -> str:
        return self.email
