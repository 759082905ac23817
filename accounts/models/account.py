"""Merchants' accounts and their auto-login links (API documentation, Account Model)."""

from __future__ import annotations

import json
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction
from django.db.models.functions import Now, Upper
from django.utils import timezone

from accounts.emails import normalize_email
from accounts.models.key import ApiKey
from accounts.models.partner import Partner
from accounts.phones import PhoneQuery, national_number
from accounts.search_terms import index_terms, query_terms
from config.db.encryption import EncryptedModel, lookup_hash, lookup_hashes
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet, is_sandbox
from config.db.references import Referenced, by_external_id

#: Up to so many accounts of a name are found by their ids.
_FEW = 500


class AccountQuerySet(OwnedQuerySet["Account"]):
    def with_email(self, email: str, *, owner: str) -> Self:
        """Filter by address: `owner` is the sandbox in which to look, or any partner."""
        purpose = _purpose("email", owner)
        return self.filter(email_hash__in=lookup_hashes(purpose, normalize_email(email)))

    def with_phone(self, phone: str, *, owner: str) -> Self:
        """Filter by number; one without a country code may match several accounts. `owner` as in
        `with_email`."""
        query = PhoneQuery.parse(phone)
        is_whole, is_bare = _purpose("phone-whole", owner), _purpose("phone-bare", owner)
        whole = [hashed for each in query.whole for hashed in lookup_hashes(is_whole, each)]
        bare = [hashed for each in query.bare for hashed in lookup_hashes(is_bare, each)]
        return self.filter(
            models.Q(phone_whole_hash__in=whole) | models.Q(phone_bare_hash__in=bare)
        )

    def named(self, text: str, *, owner: str) -> Self:
        """Filter by business name: those with these words, or else with similar ones. `owner` is
        the partner or its sandbox."""
        rows = self.filter(partner_id=owner)
        words = query_terms(text, owner=owner)
        if not words:
            return rows.none()
        exact = rows.filter(name_terms__contains=[word.exact for word in words])
        ids = exact.few_ids()
        if len(ids) > _FEW:
            return exact
        if not ids:
            for word in words:
                rows = rows.filter(name_terms__overlap=list(word.similar))
            ids = rows.few_ids()
        return self.filter(pk__in=ids)

    def few_ids(self) -> list[str]:
        """Read at most one more than `_FEW`, by a bitmap, as GIN indexes are read.

        The planner takes rare terms for frequent ones, and does not know that comparing arrays
        costs more than finding them: it would read the table.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
            return list(self.order_by(Upper("id")).values_list("pk", flat=True)[: _FEW + 1])

    def with_email_of(self, account: Account) -> Self:
        """Filter other accounts with its email address, under any lookup key."""
        email = account.get_decrypted("email")
        return self.with_email(email, owner=account.partner_id).exclude(pk=account.pk)

    def with_phone_of(self, account: Account) -> Self:
        """Filter other accounts with its number in its country, under any lookup key."""
        national = national_number(account.country_code, account.get_decrypted("phone"))
        purpose = _purpose("phone", account.partner_id)
        hashes = lookup_hashes(purpose, f"{account.country_code}:{national}")
        return self.filter(phone_hash__in=hashes).exclude(pk=account.pk)


def _purpose(column: str, owner: str) -> str:
    """Return the purpose of a hash. All partners share one, because an address or number has one
    account among them; each sandbox has its own, so that no look-up finds rows of two."""
    return f"{column}:{owner}" if is_sandbox(owner) else column


class Account(Referenced, EncryptedModel):
    """A merchant of a partner. Personal data is encrypted and found by keyed hashes."""

    encrypted_fields = ("email", "phone", "profile")

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="accounts", db_index=False)
    email = models.TextField(help_text="Encrypted.")
    email_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    phone = models.TextField(help_text="Encrypted, as given.")
    country_code = models.PositiveSmallIntegerField()
    phone_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    phone_whole_hash = models.BinaryField(max_length=32, db_index=True, editable=False)
    phone_bare_hash = models.BinaryField(max_length=32, db_index=True, editable=False)
    profile = models.TextField(help_text="Encrypted JSON of the optional fields.")
    name_terms = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        editable=False,
        help_text="Of the business name, for the search: accounts.search_terms.",
    )
    identifier = models.CharField(
        max_length=63, null=True, blank=True, help_text="Of its shop, set by the first deployment."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-created_at", "-id"), name="account_of_partner"),
            models.Index(
                fields=("identifier",),
                condition=models.Q(identifier__isnull=False),
                name="account_of_site",
            ),
            GinIndex(fields=("name_terms",), name="account_by_name"),
            by_external_id("account_by_external_id"),
        ]

    def __str__(self) -> str:
        return self.id

    def set_email(self, email: str) -> None:
        """Encrypt the address as given but trimmed, and set its hash."""
        self.set_encrypted("email", email.strip())
        self._hash_email(email)

    def set_phone(self, country_code: int, text: str) -> None:
        """Encrypt the number as given, and set the hashes of its normal form."""
        self.country_code = country_code
        self.set_encrypted("phone", text)
        self._hash_phone(text)

    def hash_again(self) -> None:
        """Set the hashes under the newest lookup key."""
        self._hash_email(self.get_decrypted("email"))
        self._hash_phone(self.get_decrypted("phone"))

    def _hash_email(self, email: str) -> None:
        self.email_hash = self._lookup_hash("email", normalize_email(email))

    def _hash_phone(self, text: str) -> None:
        country_code, digits = self.country_code, national_number(self.country_code, text)
        self.phone_hash = self._lookup_hash("phone", f"{country_code}:{digits}")
        self.phone_whole_hash = self._lookup_hash("phone-whole", f"{country_code}{digits}")
        self.phone_bare_hash = self._lookup_hash("phone-bare", digits)

    def _lookup_hash(self, column: str, text: str) -> bytes:
        return lookup_hash(_purpose(column, self.partner_id), text)

    @property
    def dialable_phone(self) -> str:
        """The number for callers from anywhere, such as `+91 9876543210`."""
        national = national_number(self.country_code, self.get_decrypted("phone"))
        return f"+{self.country_code} {national}"

    def set_profile(self, profile: dict[str, Any]) -> None:
        self.set_encrypted(
            "profile", json.dumps(profile, ensure_ascii=False, separators=(",", ":"))
        )
        name = profile.get("businessName", "")
        self.name_terms = index_terms(name, owner=self.partner_id)

    def read_profile(self) -> dict[str, Any]:
        """Return the optional fields that were given, by their API names."""
        profile: dict[str, Any] = json.loads(self.get_decrypted("profile"))
        return profile


class AutoLoginLinkQuerySet(OwnedQuerySet["AutoLoginLink"]):
    def not_revoked(self) -> Self:
        return self.filter(revoked_at=None)

    def active(self) -> Self:
        return self.not_revoked().filter(expires_at__gt=Now())


class AutoLoginLink(models.Model):
    """A generated link. Its token is not stored, only the token's `jti`."""

    id = IdField(help_text="The token's jti.")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="auto_login_links", db_index=False
    )
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    use_count = models.PositiveIntegerField(default=0)

    objects = AutoLoginLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "auto-login link"
        indexes = [
            models.Index(fields=("partner", "-created_at"), name="auto_login_of_partner"),
            models.Index(fields=("account", "-created_at", "-id"), name="auto_login_of_account"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
