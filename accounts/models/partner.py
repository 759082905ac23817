"""Partner companies, their members and invitations."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Concat, Now, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.names import validate_name
from config.db.fields import IdField
from config.db.owned import SANDBOX_PREFIX, OwnedQuerySet


class PartnerManager(models.Manager["Partner"]):
    """Companies only: sandboxes own rows, but no list, search or figure of partners has them."""

    def get_queryset(self) -> models.QuerySet[Partner]:
        return super().get_queryset().filter(sandbox_of=None)


class Partner(models.Model):
    """A company with its own merchants; its rate limits apply to keys without their own.

    A sandbox is the owner of what the company's test keys of the management API make.
    """

    id = IdField()
    name = models.CharField(max_length=120, validators=[validate_name])
    is_active = models.BooleanField(default=True)
    live_approved_at = models.DateTimeField(
        null=True, blank=True, help_text="Set when staff approve live keys."
    )
    requires_second_factor = models.BooleanField(
        default=False,
        help_text="Members without two-factor authentication can only open its setup.",
    )
    time_zone = models.CharField(
        max_length=40,
        default="Asia/Kolkata",
        db_default="Asia/Kolkata",
        help_text="IANA name: the days and months of all figures, and the times on its pages.",
    )
    requests_per_minute = models.PositiveIntegerField(default=60)
    requests_per_day = models.PositiveIntegerField(default=10_000)
    has_spend_limits = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether a key has, or had, a spend limit; set by the database.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    staff_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who at ShopIQ looks after the partner.",
    )
    # Of the last deactivation; empty while the partner is active.
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_by = models.CharField(max_length=254, blank=True, default="", db_default="")
    deactivation_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    sandbox_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="sandbox",
        help_text="The company whose sandbox this is; empty for a company.",
    )

    objects = PartnerManager()
    with_sandboxes = models.Manager["Partner"]()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            GinIndex(SearchVector("name", config="simple"), name="partner_words_of_name"),
        ]
        permissions = [
            ("decide_live_access", "Can approve or decline live access"),
            ("deactivate_partner", "Can deactivate and reactivate partners"),
            ("set_limits", "Can change the rate limits of partners and keys"),
            ("assign_owner", "Can choose who looks after a partner"),
            ("view_as_partner", "Can look at the dashboards of partners"),
            ("open_personal_data", "Can read personal data, with a reason"),
            ("end_sessions", "Can sign members of partners out"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(requests_per_minute__gte=1, requests_per_day__gte=1),
                name="partner_limits_at_least_one",
            ),
            # So that an owner's id alone tells whether its rows are test data.
            models.CheckConstraint(
                condition=models.Q(sandbox_of=None, id__lt=SANDBOX_PREFIX)
                | models.Q(
                    sandbox_of__isnull=False,
                    id=Concat(
                        models.Value(SANDBOX_PREFIX),
                        Substr("sandbox_of_id", len(SANDBOX_PREFIX) + 1),
                    ),
                ),
                name="partner_sandbox_has_its_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (test)" if self.sandbox_of_id else self.name

    @property
    def today(self) -> date:
        """The day on the company's clocks."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    @property
    def company_id(self) -> str:
        """The id of the company, also for its sandbox."""
        return self.sandbox_of_id or self.id


class Member(models.Model):
    """The membership of a user in a partner."""

    class Role(models.TextChoices):
        OWNER = "owner", gettext_lazy("Owner")
        ADMIN = "admin", gettext_lazy("Admin")
        DEVELOPER = "developer", gettext_lazy("Developer")
        VIEWER = "viewer", gettext_lazy("Viewer")

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("partner", "user"), name="member_once_per_partner")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.pk}"


class InvitationQuerySet(OwnedQuerySet["Invitation"]):
    def open(self) -> Self:
        """Filter those neither accepted nor withdrawn; an expired one can still be resent."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def usable(self) -> Self:
        """Filter those open and not expired."""
        return self.open().filter(expires_at__gt=Now())


class Invitation(models.Model):
    """An offer of membership to an email address; only the hash of its token is stored."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="invitations")
    email = models.EmailField(help_text="Lowercase.")
    role = models.CharField(max_length=10, choices=Member.Role)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=("email",), name="invitation_by_email")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("partner", "email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.pk}"
