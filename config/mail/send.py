"""Emails from templates in `templates/emails/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string

from config.mail.attachments import Reference


class Mail(EmailMultiAlternatives):
    """An email with files that are made when it is delivered."""

    files: Sequence[Reference] = ()


def send_mail(
    template: str,
    to: Iterable[str],
    *,
    headers: dict[str, str] | None = None,
    files: Sequence[Reference] = (),
    **context: Any,
) -> None:
    """Send `emails/<template>.txt` to each address separately, with `emails/<template>.html` as an
    alternative if there is one.

    The first line of the text is the subject. Call this in the transaction of what the email
    reports: the outbox keeps both or neither, and the worker delivers later.
    """
    context = {**context, "public_url": settings.PUBLIC_URL}
    text = render_to_string(f"emails/{template}.txt", context)
    subject, _, body = text.strip().partition("\n")
    html = _render_html(template, context)
    for address in to:
        mail = Mail(" ".join(subject.split()), body.strip() + "\n", to=[address], headers=headers)
        mail.files = files
        if html:
            mail.attach_alternative(html, "text/html")
        mail.send()


def _render_html(template: str, context: dict[str, Any]) -> str:
    try:
        return get_template(f"emails/{template}.html").render(context)
    except TemplateDoesNotExist:
        return ""
