"""An email as JSON, so that no row of the outbox can run code."""

from __future__ import annotations

import base64
import json

from django.conf import settings
from django.core.mail import EmailAttachment, EmailMessage, EmailMultiAlternatives
from django.utils.translation import override

from config.mail.attachments import make_file

_FIELDS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to")


class UnsupportedAttachment(TypeError):
    """An attachment is a message or MIME object instead of text or bytes."""


def to_json(message: EmailMessage) -> str:
    """Raise `UnsupportedAttachment`."""
    fields = {name: getattr(message, name) for name in _FIELDS}
    alternatives = getattr(message, "alternatives", [])
    return json.dumps(
        {
            **fields,
            "headers": message.extra_headers,
            "alternatives": [[text, kind] for text, kind in alternatives],
            "attachments": [_attachment(each) for each in message.attachments],
            "files": getattr(message, "files", ()),
            "language": getattr(message, "language", settings.LANGUAGE_CODE),
        },
        ensure_ascii=False,
        default=str,  # lazy translations
    )


def from_json(text: str) -> EmailMultiAlternatives:
    """Build the email, with the files that it refers to."""
    fields = json.loads(text)
    attachments, files = fields.pop("attachments"), fields.pop("files", ())
    language = fields.pop("language", settings.LANGUAGE_CODE)
    message = EmailMultiAlternatives(**fields)
    for name, content, kind in attachments:
        message.attach(name, base64.b64decode(content), kind)
    with override(language):
        for file in filter(None, map(make_file, files)):
            message.attach(*file)
    return message


def _attachment(attachment: object) -> list[str | None]:
    if not isinstance(attachment, EmailAttachment):
        raise UnsupportedAttachment
    content = attachment.content
    raw = content.encode() if isinstance(content, str) else content
    if not isinstance(raw, bytes):
        raise UnsupportedAttachment
    return [attachment.filename, base64.b64encode(raw).decode(), attachment.mimetype]
