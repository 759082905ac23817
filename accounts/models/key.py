"""API keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.keys import prefix_of
from accounts.models.partner import Partner
from config.db.fields import IdField
from config.db.ids import new_id
from config.db.owned import OwnedQuerySet


class Environment(models.TextChoices):
    """What a key is for: live or test calls of the management API or of the Image API."""

    MANAGEMENT = "management", gettext_lazy("Management")
    MANAGEMENT_TEST = "management_test", gettext_lazy("Management (test)")
    LIVE = "live", gettext_lazy("Live")
    TEST = "test", gettext_lazy("Test")


# Plain strings: the database driver takes longer to adapt enum members, in every call.
IMAGE_ENVIRONMENTS = (Environment.LIVE.value, Environment.TEST.value)
MANAGEMENT_ENVIRONMENTS = (Environment.MANAGEMENT.value, Environment.MANAGEMENT_TEST.value)
TEST_ENVIRONMENTS = (Environment.TEST.value, Environment.MANAGEMENT_TEST.value)


class KeyState(models.TextChoices):
    """`EXPIRING` has an expiry warning; `ROLLED` is replaced but accepted until it expires."""

    ACTIVE = "active", gettext_lazy("Active")
    EXPIRING = "expiring", gettext_lazy("Expiring")
    ROLLED = "rolled", gettext_lazy("Rolled")
    EXPIRED = "expired", gettext_lazy("Expired")
    REVOKED = "revoked", gettext_lazy("Revoked")

    @property
    def tone(self) -> str:
        """The suffix of the badge's CSS class, empty for a neutral badge."""
        return _TONES.get(self, "")


_TONES = {
    KeyState.ACTIVE: "good",
    KeyState.EXPIRING: "warn",
    KeyState.ROLLED: "warn",
}


#: Times before the expiry of a key at which it is warned of.
EXPIRY_WARNINGS = (timedelta(days=7), timedelta(days=1))


class ApiKeyQuerySet(OwnedQuerySet["ApiKey"]):
    def active(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(
            models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=at), revoked_at=None
        )

    def inactive(self) -> Self:
        return self.filter(
            models.Q(revoked_at__isnull=False) | models.Q(expires_at__lte=timezone.now())
        )

    def for_images(self) -> Self:
        return self.filter(environment__in=IMAGE_ENVIRONMENTS)

    def with_whitelist_size(self) -> Self:
        return self.annotate(whitelist_size=models.Count("allowed_networks"))


class ApiKey(models.Model):
    """A credential of a partner's server; only the hash of the secret is stored."""

    id = IdField()
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="api_keys")
    environment = models.CharField(max_length=20, choices=Environment)
    name = models.CharField(max_length=80, default="Default")
    secret_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    last_four = models.CharField(max_length=4, editable=False)
    permissions = ArrayField(
        models.CharField(max_length=40),
        null=True,
        blank=True,
        help_text="Endpoints that this key can call; empty for all.",
    )
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    requests_per_day = models.PositiveIntegerField(null=True, blank=True)
    points_per_day = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Spend limit of a live key, by days of its company.",
    )
    points_per_month = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Spend limit of a live key, by months of its company.",
    )
    rate_subject = models.CharField(
        max_length=24,
        default=new_id,
        editable=False,
        db_collation="C",
        help_text="Keys with the same value share rate counters and spend limits; a rolled key "
        "inherits it.",
    )
    replaces = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
        help_text="The key that was rolled into this one.",
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "API key"
        indexes = [
            models.Index(fields=("partner", "-created_at"), name="api_key_of_partner"),
            models.Index(fields=("last_four",), name="api_key_by_last_four"),
            models.Index(fields=("environment", "id"), name="api_key_by_environment"),
            models.Index(
                fields=("id",), condition=models.Q(revoked_at__isnull=False), name="api_key_revoked"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(environment__in=Environment.values),
                name="api_key_environment_known",
            ),
            models.CheckConstraint(
                condition=models.Q(requests_per_minute__gte=1) | models.Q(requests_per_minute=None),
                name="api_key_minute_limit_at_least_one",
            ),
            models.CheckConstraint(
                condition=models.Q(requests_per_day__gte=1) | models.Q(requests_per_day=None),
                name="api_key_day_limit_at_least_one",
            ),
            models.CheckConstraint(
                condition=models.Q(points_per_day=None, points_per_month=None)
                | models.Q(environment="live"),
                name="api_key_spend_limit_of_live_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.last_four})"

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def was_rolled(self) -> bool:
        """Whether another key replaces this one; lists need `select_related("replaced_by")`."""
        return hasattr(self, "replaced_by")

    @property
    def state(self) -> KeyState:
        """The current state; lists need `select_related("replaced_by")`."""
        if self.revoked_at:
            return KeyState.REVOKED
        if self.is_expired:
            return KeyState.EXPIRED
        if self.was_rolled:
            return KeyState.ROLLED
        return KeyState.EXPIRING if self.expiry_warning() else KeyState.ACTIVE

    def expiry_warning(self, at: datetime | None = None) -> timedelta | None:
        """Return which of `EXPIRY_WARNINGS` is due, the later one if both are.

        A key that was made to live for less than the time of a warning does not need it.
        """
        if self.expires_at is None:
            return None
        left, life = self.expires_at - (at or timezone.now()), self.expires_at - self.created_at
        return min((each for each in EXPIRY_WARNINGS if left <= each < life), default=None)

    @property
    def last_used_at(self) -> datetime | None:
        """Lists say `select_related("use")`."""
        return self.use.at if hasattr(self, "use") else None

    @property
    def masked(self) -> str:
        """The text by which users recognize a key, such as "sq_live_…a1B2"."""
        return f"{prefix_of(self.environment)}…{self.last_four}"


class ApiKeyUse(models.Model):
    """When a key was used last: written with the request log, so not in the key's own row."""

    key = models.OneToOneField(
        ApiKey, models.CASCADE, primary_key=True, related_name="use", db_constraint=False
    )
    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.key_id} at {self.at:%Y-%m-%d %H:%M}"
