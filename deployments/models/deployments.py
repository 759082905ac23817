"""Deployments."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Partner
from config.db.encryption import EncryptedModel
from config.db.fields import IdField
from config.db.owned import OwnedQuerySet
from config.db.references import Referenced, by_external_id
from deployments import states
from deployments.models.takedowns import Takedown
from deployments.models.websites import Website
from deployments.stored_texts import translate_stored
from integrations.models import WebhookEndpoint


class DeploymentQuerySet(OwnedQuerySet["Deployment"]):
    def running(self) -> Self:
        return self.filter(state__in=states.RUNNING)

    def releases(self) -> Self:
        """Filter those that visitors saw, the newest first."""
        return self.filter(state__in=states.PUBLISHED).order_by("-created_at", "-id")

    def with_brand(self, beginning: str) -> Self:
        return self.filter(brand_name__istartswith=beginning)

    def of_shop(self, text: str) -> Self:
        """Filter by a site's identifier or by the beginning of the brand."""
        sites = Website.objects.of_all().filter(identifier=text.lower())
        # Asked first: joined by OR, no index would serve.
        is_site = Q(website_id__in=list(sites.values_list("pk", flat=True)))
        return self.filter(is_site | Q(brand_name__istartswith=text))

    def ready(self) -> Self:
        """Filter those that a worker may go on with: due, and nothing else changes their shop."""
        removal = Takedown.objects.of(OuterRef("partner_id")).filter(
            identifier=OuterRef("website__identifier")
        )
        return self.running().filter(
            # A time to come: the live release is being published again.
            Q(website__publish_at=None) | Q(website__publish_at__lte=Now()),
            Q(lease_until=None) | Q(lease_until__lt=Now()),
            ~Exists(removal),
            due_at__lte=Now(),
            partner__is_active=True,
            website__taken_down_at=None,
        )


class Deployment(Referenced, EncryptedModel):
    """One attempt to build and publish a shop, from the request to the live site or failure.

    An update of a live shop replaces the deployment that was live before.
    """

    encrypted_fields = ("material",)

    class State(models.TextChoices):
        QUEUED = states.QUEUED, gettext_lazy("Queued")
        BUILDING = states.BUILDING, gettext_lazy("Building")
        CREATED = states.CREATED, pgettext_lazy("state of a deployment", "Created")
        LIVE = states.LIVE, gettext_lazy("Live")
        REPLACED = states.REPLACED, gettext_lazy("Replaced")
        FAILED = states.FAILED, gettext_lazy("Failed")

    class Reason(models.TextChoices):
        FIRST = "first", gettext_lazy("First build")
        UPDATE = "update", pgettext_lazy("reason of a deployment", "Update")
        ROLLBACK = "rollback", gettext_lazy("Rollback")

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        HINDI = "hi", "Hindi"
        ASSAMESE = "as", "Assamese"

    id = IdField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    website = models.ForeignKey(Website, models.CASCADE, related_name="deployments")
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="+")
    brand_name = models.CharField(max_length=200)
    categories = ArrayField(models.CharField(max_length=60))
    logo_url = models.TextField(blank=True, help_text="Empty: the account's logo, if it has one.")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField(
        max_length=10, choices=Reason, default=Reason.FIRST, db_default=Reason.FIRST
    )
    language = models.CharField(
        max_length=2, choices=Language, default=Language.ENGLISH, db_default=Language.ENGLISH
    )
    restores = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The deployment whose release this rollback publishes again.",
    )
    material = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Encrypted JSON of what the shop shows of its account, kept for rollbacks.",
    )
    simulation = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="What a test rehearses."
    )
    error = models.CharField(max_length=300, blank=True)
    notice = models.CharField(
        max_length=300, blank=True, help_text="How the result differs from the request, and why."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=24, blank=True)
    created_at = models.DateTimeField()
    building_at = models.DateTimeField(null=True)
    generated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        permissions = [
            ("retry_deployment", "Can retry failed deployments"),
            ("cancel_deployment", "Can cancel deployments"),
        ]
        indexes = [
            models.Index(fields=("partner", "-created_at", "-id"), name="deployment_of_partner"),
            models.Index(
                fields=("due_at",),
                condition=Q(state__in=("queued", "building", "created")),
                name="deployment_due",
            ),
            models.Index(fields=("id",), condition=Q(state="failed"), name="deployment_failed"),
            # For deletions, which clear the column.
            models.Index(
                fields=("restores",),
                condition=Q(restores__isnull=False),
                name="deployment_restores",
            ),
            by_external_id("deployment_by_external_id"),
            models.Index(
                "partner",
                OpClass(Upper("brand_name"), "text_pattern_ops"),
                name="deployment_by_brand",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("website",),
                condition=Q(state__in=("queued", "building", "created")),
                name="deployment_one_running",
            ),
            models.UniqueConstraint(
                fields=("website",), condition=Q(state="live"), name="deployment_one_live"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("queued", "building", "created", "live", "replaced", "failed")
                ),
                name="deployment_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.website_id} {self.state}"

    @property
    def shown_error(self) -> str:
        """The error in the reader's language."""
        return translate_stored(self.error)

    @property
    def shown_notice(self) -> str:
        """The notice in the reader's language."""
        return translate_stored(self.notice)
