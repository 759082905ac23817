"""Where webhooks go: endpoints, and what is known of their URLs."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import MD5
from django.utils import timezone

from accounts.models import Partner
from config.db.encryption import EncryptedModel, report_undecryptable
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet


class WebhookEndpointQuerySet(OwnedQuerySet["WebhookEndpoint"]):
    def default(self) -> Self:
        return self.filter(kind=WebhookEndpoint.Kind.DEFAULT)

    def lasting(self) -> Self:
        """Filter out those of test events."""
        return self.exclude(kind=WebhookEndpoint.Kind.TEST)

    def closed(self) -> Self:
        """Filter those that get no events: they are gone, or their receivers are disabled.

        Test events are sent all the same, to see whether the receiver works again.
        """
        of_same = WebhookReceiver.objects.of(OuterRef("partner_id")).at(OuterRef("url"))
        is_disabled = Exists(of_same.filter(disabled_at__isnull=False))
        return self.lasting().filter(Q(gone_at__isnull=False) | is_disabled)


class WebhookEndpoint(EncryptedModel):
    """The receiver of streams of events, and the secret that signs them ("" for none).

    While a secret is rotated, the previous one signs as well.
    """

    class Kind(models.TextChoices):
        OWN = "own", "Named in a request"
        DEFAULT = "default", "Default of the partner"
        REMOVED = "removed", "Former default of the partner"
        TEST = "test", "For a test event"

    encrypted_fields = ("secret", "previous_secret")

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(
        max_length=10, choices=Kind, default=Kind.OWN, db_default=Kind.OWN.value
    )
    url = models.TextField()
    secret = models.TextField(help_text="Encrypted.")
    previous_secret = models.TextField(
        blank=True, default="", db_default="", help_text="Encrypted; empty if there is none."
    )
    previous_secret_until = models.DateTimeField(null=True)
    event_types = ArrayField(
        models.CharField(max_length=40),
        null=True,
        help_text="What the default endpoint gets.",
    )
    gone_at = models.DateTimeField(
        null=True, help_text="When it answered 410: it gets no more events unless one is resent."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-created_at"), name="webhook_endpoint_of_partner")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("partner",), condition=Q(kind="default"), name="webhook_default_of_partner"
            )
        ]

    def __str__(self) -> str:
        return self.url

    def takes(self, event: str) -> bool:
        """Return whether it gets events of this type: a default endpoint takes those it lists."""
        if self.kind == self.Kind.REMOVED:
            return False
        return self.event_types is None or event in self.event_types

    def read_secret(self) -> str | None:
        """Return None if it cannot be decrypted, for pages."""
        with report_undecryptable():
            return self.get_decrypted("secret")
        return None

    def previous_secret_at(self, moment: datetime) -> str:
        """Return the former secret while it signs as well, otherwise "". Raise
        `DecryptionError`."""
        until = self.previous_secret_until
        if until is None or until <= moment or not self.previous_secret:
            return ""
        return self.get_decrypted("previous_secret")

    @property
    def host(self) -> str:
        """The host name, with the port if the URL has one."""
        return urlsplit(self.url).netloc


class WebhookReceiverQuerySet(OwnedQuerySet["WebhookReceiver"]):
    def at(self, url: str | OuterRef) -> Self:
        text = url if isinstance(url, OuterRef) else Value(url)
        # By the hash, which is indexed.
        return self.alias(url_hash=MD5("url")).filter(url_hash=MD5(text))

    def failing_since(self, moment: datetime) -> Self:
        """Filter those that no attempt has reached since then, and that are not disabled."""
        return self.filter(failing_since__lte=moment, disabled_at=None)


class WebhookReceiver(models.Model):
    """A URL that endpoints of a partner name, and whether it answers.

    A row changes only when the receiver starts to fail or recovers, so that deliveries do not wait
    for each other.
    """

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    url = models.TextField()
    failing_since = models.DateTimeField(
        null=True, help_text="The first failed attempt after the last successful one."
    )
    disabled_at = models.DateTimeField(
        null=True,
        help_text="It failed for days or answered 410: it gets no more events until it is enabled.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = WebhookReceiverQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=("partner", "-created_at", "-id"), name="receiver_of_partner"),
            models.Index(
                fields=("failing_since",),
                condition=Q(failing_since__isnull=False, disabled_at__isnull=True),
                name="receiver_failing",
            ),
        ]
        constraints = [
            # A hash, because a URL may be longer than the entry of an index.
            models.UniqueConstraint("partner", MD5("url"), name="receiver_once_per_url")
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        """The host name, with the port if the URL has one."""
        return urlsplit(self.url).netloc
