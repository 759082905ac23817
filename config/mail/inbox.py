"""Admin pages that show the emails that an embedded installation saves to a folder."""

from __future__ import annotations

import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

_MOST = 200


@dataclass(frozen=True, slots=True)
class Mail:
    name: str
    subject: str
    to: str
    sent_at: datetime
    text: str


@permission_required("email.read_saved_mail", raise_exception=True)
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    # A file is empty for the moment between its creation and the writing of the message.
    files = [path for path in _folder().glob("*.log") if path.stat().st_size]
    names = sorted((path.name for path in files), reverse=True)
    context = {"mails": [_read(name) for name in names[:_MOST]], "most": _MOST}
    return _page(request, "admin/mail/list.html", "Mail", context)


@permission_required("email.read_saved_mail", raise_exception=True)
@require_safe
def message(request: HttpRequest, name: str) -> HttpResponse:
    if not (_folder() / name).is_file():
        raise Http404
    mail = _read(name)
    return _page(request, "admin/mail/message.html", mail.subject, {"mail": mail})


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    shared = admin.site.each_context(request)
    return render(request, template, {**shared, "title": title, **context})


def _folder() -> Path:
    if settings.EMAIL_DELIVERY_BACKEND != "config.mail.file_backend.FolderBackend":
        raise Http404
    return Path(settings.EMAIL_FILE_PATH)


def _read(name: str) -> Mail:
    parsed = email.message_from_bytes(
        (_folder() / name).read_bytes(), _class=EmailMessage, policy=email.policy.default
    )
    body = parsed.get_body(("plain",))
    text = body.get_content() if body else ""
    return Mail(
        name=name,
        subject=str(parsed["Subject"]),
        to=str(parsed["To"]),
        # Written as "-0000", which Python parses as no time zone.
        sent_at=parsed["Date"].datetime.replace(tzinfo=UTC),
        # The backend ends every message with a line of dashes.
        text=text.rstrip().rstrip("-").rstrip(),
    )
