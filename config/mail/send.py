"""Emails from templates in `templates/emails/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import translation

from config.mail.attachments import Reference


def _of_no_one(_: Iterable[str]) -> dict[str, str]:
    return {}


#: Finds the languages of addresses; the app that knows them sets it.
languages_of: Callable[[Iterable[str]], dict[str, str]] = _of_no_one


class Mail(EmailMultiAlternatives):
    """An email with files that are made when it is delivered."""

    files: Sequence[Reference] = ()
    language: str = settings.LANGUAGE_CODE


def send_mail(
    template: str,
    to: Iterable[str],
    *,
    headers: dict[str, str] | None = None,
    files: Sequence[Reference] = (),
    fallback: str = "",
    **context: Any,
) -> None:
    """Send `emails/<template>.txt` to each address separately, with `emails/<template>.html` as an
    alternative if there is one, in the language of whom the address belongs to. That of no one,
    such as a company's mailbox, gets the language `fallback`, by default that of the first other.

    The first line of the text is the subject. Call this in the transaction of what the email
    reports: the outbox keeps both or neither, and the worker delivers later.
    """
    context = {**context, "public_url": settings.PUBLIC_URL}
    addresses = [*to]
    languages = languages_of(addresses)
    known = (languages[each] for each in addresses if each in languages)
    fallback = fallback or next(known, settings.LANGUAGE_CODE)
    rendered: dict[str, _Text] = {}
    for address in addresses:
        language = languages.get(address, fallback)
        if language not in rendered:
            with translation.override(language):
                rendered[language] = _Text.of(template, context)
        text = rendered[language]
        mail = Mail(text.subject, text.body, to=[address], headers=headers)
        mail.files = files
        mail.language = language
        if text.html:
            mail.attach_alternative(text.html, "text/html")
        mail.send()


class _Text(NamedTuple):
    subject: str
    body: str
    html: str

    @classmethod
    def of(cls, template: str, context: dict[str, Any]) -> Self:
        text = render_to_string(f"emails/{template}.txt", context)
        subject, _, body = text.strip().partition("\n")
        html = _render_html(template, context)
        return cls(" ".join(subject.split()), body.strip() + "\n", html)


def _render_html(template: str, context: dict[str, Any]) -> str:
    try:
        return get_template(f"emails/{template}.html").render(context)
    except TemplateDoesNotExist:
        return ""
