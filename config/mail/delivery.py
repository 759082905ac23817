"""Deliver the emails of the outbox, in the worker."""

from __future__ import annotations

import smtplib
import time
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models.functions import Now

from config.db.encryption import DecryptionError
from config.jobs.queue import background_task
from config.mail.content import from_json
from config.mail.models import OutgoingMail

log = structlog.get_logger(__name__)

#: How long one task sends; a slow mail server must not keep the worker from other tasks.
_TASK_SECONDS = 20.0
#: After which an email whose sender was killed is sent again.
_LEASE = timedelta(seconds=90)
#: Minutes between the attempts; about a day in all.
_WAITS = (1, 2, 5, 10, 30, 60, 120, 240, 480, 480)
_PERMANENT = range(500, 600)


@background_task
def deliver_mail() -> None:
    """Send what is due; stop if the mail server is unavailable: the next email would wait, too."""
    stop_at = time.monotonic() + _TASK_SECONDS
    while time.monotonic() < stop_at and (mail := _claim()):
        try:
            _send(mail)
        except DecryptionError as error:
            _end(mail, OutgoingMail.State.FAILED, error=str(error))
        except smtplib.SMTPRecipientsRefused as error:
            _reschedule(mail, error, is_permanent=_are_permanent(error))
        except smtplib.SMTPDataError as error:
            _reschedule(mail, error, is_permanent=error.smtp_code in _PERMANENT)
        except Exception as error:  # noqa: BLE001 - backends raise errors of their own
            _reschedule(mail, error, is_permanent=False)
            return
        else:
            _end(mail, OutgoingMail.State.SENT)


def resend_mail(*, mail: OutgoingMail) -> bool:
    """Schedule a failed email again, with all its attempts; return False if it has not failed."""
    failed = OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.FAILED)
    return bool(
        failed.update(
            state=OutgoingMail.State.PENDING, attempts=0, next_attempt_at=Now(), ended_at=None
        )
    )


def _claim() -> OutgoingMail | None:
    """Count the attempt before it starts: an email that kills its sender is not tried forever."""
    with transaction.atomic():
        due = OutgoingMail.objects.due().order_by("next_attempt_at")
        mail = due.select_for_update(skip_locked=True).first()
        if mail:
            mail.attempts += 1
            OutgoingMail.objects.filter(pk=mail.pk).update(
                attempts=mail.attempts, next_attempt_at=Now() + _LEASE
            )
    return mail


def _send(mail: OutgoingMail) -> None:
    message = from_json(mail.get_decrypted("content"))
    message.connection = get_connection(settings.EMAIL_DELIVERY_BACKEND)
    message.send()


def _are_permanent(error: smtplib.SMTPRecipientsRefused) -> bool:
    return all(code in _PERMANENT for code, _ in error.recipients.values())


def _reschedule(mail: OutgoingMail, error: Exception, *, is_permanent: bool) -> None:
    reason = f"{type(error).__name__}: {_reason(error)}"
    if is_permanent or mail.attempts > len(_WAITS):
        _end(mail, OutgoingMail.State.FAILED, error=reason)
        return
    wait = timedelta(minutes=_WAITS[mail.attempts - 1])
    log.warning("email not sent, will retry", mail=mail.id, attempt=mail.attempts, error=reason)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        next_attempt_at=Now() + wait, last_error=reason[:200]
    )


def _reason(error: Exception) -> str:
    """Return the text of an error without the recipients' addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(str(code) for code, _ in error.recipients.values())
    return str(error)


def _end(mail: OutgoingMail, state: OutgoingMail.State, error: str = "") -> None:
    kept = {"content": ""} if state == OutgoingMail.State.SENT else {}
    if error:
        log.error("email failed", mail=mail.id, attempts=mail.attempts, error=error)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=state, ended_at=Now(), last_error=error[:200], **kept
    )
