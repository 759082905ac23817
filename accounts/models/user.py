"""Users: members of partners, and staff."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.db.models.functions import Lower

from accounts.emails import normalize_email
from accounts.names import validate_name
from accounts.signals import password_saved, superuser_created
from config.admin.masking import mask_email
from config.db.fields import IdField


class EmailUserManager(UserManager["User"]):
    """Use the email address, in lower case, as the user name."""

    def create_user(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        user = self.model(email=normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_verified_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user whose address an operator or an invitation vouches for."""
        with transaction.atomic(using=self._db):
            user = self.create_user(email, password, **fields)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        with transaction.atomic(using=self._db):
            user = self.create_verified_user(
                email, password, **fields, is_staff=True, is_superuser=True
            )
            superuser_created.send(User, user=user)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalize_email(username or ""))


class User(AbstractUser):
    """A login; its role in a partner is on `Member`."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=150, blank=True, validators=[validate_name])
    email = models.EmailField(unique=True)

    language = models.CharField(
        max_length=8,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
        help_text="Of emails to the user, and of the pages in a new browser.",
    )

    session_version = models.PositiveIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Raised to end all sessions and to forget all devices of the user.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[EmailUserManager] = EmailUserManager()

    class Meta:
        permissions = [
            ("manage_staff", "Can invite staff, change their groups and remove them"),
            ("reset_second_factor", "Can remove a user's two-factor authentication"),
        ]
        indexes = [
            models.Index(fields=("email",), condition=models.Q(is_staff=True), name="user_staff"),
            models.Index(
                fields=("email",), condition=models.Q(is_active=False), name="user_inactive"
            ),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case")
        ]

    def save(self, *args: Any, **options: Any) -> None:
        is_typed = self._password is not None  # type: ignore[attr-defined]
        is_new_password = is_typed and not self._state.adding
        with transaction.atomic():
            super().save(*args, **options)
            if is_new_password:
                password_saved.send(User, user=self)

    def __str__(self) -> str:
        """Name staff by their address, and others without it: staff pages show this."""
        return self.email if self.is_staff else mask_email(self.email)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(normalize_password(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(normalize_password(raw_password))

    async def acheck_password(self, raw_password: str | None) -> bool:
        return await super().acheck_password(normalize_password(raw_password))

    def get_session_auth_hash(self) -> str:
        return self._with_version(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._with_version, super().get_session_auth_fallback_hash())

    def _with_version(self, session_hash: str) -> str:
        return f"{session_hash}.{self.session_version}"

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()


class SecurityEvent(models.Model):
    """A sign-in, or a change to a login, in the user's own history; the audit trail has it too."""

    id = IdField()
    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="security_events", db_index=False)
    action = models.CharField(max_length=60, help_text="An audit action.")
    target = models.CharField(max_length=120, blank=True)
    # Empty for what staff did.
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=("user", "-at"), name="security_events_of_user")]

    def __str__(self) -> str:
        return f"{self.action} of {self.user_id}"


def normalize_password(password: str | None) -> str | None:
    """Return the password in NFKC: keyboards differ in how they compose the same letters."""
    return None if password is None else unicodedata.normalize("NFKC", password)
