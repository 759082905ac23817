"""The outbox of emails."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from config.db.encryption import EncryptedModel
from config.db.fields import IdField


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self) -> Self:
        return self.filter(state=OutgoingMail.State.PENDING, next_attempt_at__lte=Now())


class OutgoingMail(EncryptedModel):
    """An email that is written with what it reports and delivered by the worker.

    Recipient and content are encrypted: links in emails open accounts. The content is deleted once
    the email is sent.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    encrypted_fields = ("recipient", "content")

    id = IdField()
    recipient = models.TextField(help_text="Encrypted.")
    content = models.TextField(help_text="Encrypted JSON; empty once sent.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "email"
        permissions: ClassVar = [
            ("read_saved_mail", "Can read the emails that an embedded installation keeps")
        ]
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                fields=("next_attempt_at",),
                condition=models.Q(state="pending"),
                name="mail_due",
            ),
            models.Index(fields=("id",), condition=models.Q(state="failed"), name="mail_failed"),
        ]

    def __str__(self) -> str:
        return self.id
