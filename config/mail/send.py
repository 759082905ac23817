"""Plain-text emails from templates in `templates/emails/`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string


def send_mail(template: str, to: Iterable[str], **context: Any) -> None:
    """Send `emails/<template>.txt` to each address separately, after the transaction commits.

    The template's first line is the subject. Errors of the mail server are logged rather than
    raised: what the email reports has already happened.
    """
    text = render_to_string(
        f"emails/{template}.txt", {**context, "public_url": settings.PUBLIC_URL}
    )
    subject, _, body = text.strip().partition("\n")
    for address in to:
        message = EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[address])
        transaction.on_commit(message.send, robust=True)
