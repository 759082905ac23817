"""Plain-text emails from templates in `templates/emails/`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def send_mail(template: str, to: Iterable[str], **context: Any) -> None:
    """Send `emails/<template>.txt` to each address separately.

    The template's first line is the subject. Call this in the transaction of what the email
    reports: the outbox keeps both or neither, and the worker delivers later.
    """
    text = render_to_string(
        f"emails/{template}.txt", {**context, "public_url": settings.PUBLIC_URL}
    )
    subject, _, body = text.strip().partition("\n")
    for address in to:
        EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[address]).send()
