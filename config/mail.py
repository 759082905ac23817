"""Mail in plain text, from templates in `templates/emails/`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import filebased
from django.db import transaction
from django.template.loader import render_to_string


def send_mail(template: str, to: Iterable[str], **context: Any) -> None:
    """Sends `emails/<template>.txt` to each address by itself, once the transaction is committed.

    The template's first line is the subject. A mail server that refuses is logged and stops
    nothing: what the mail tells of has happened.
    """
    text = render_to_string(
        f"emails/{template}.txt", {**context, "public_url": settings.PUBLIC_URL}
    )
    subject, _, body = text.strip().partition("\n")
    for address in to:
        message = EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[address])
        transaction.on_commit(message.send, robust=True)


class FolderBackend(filebased.EmailBackend):
    """One file for each message, in a folder that nobody else on the machine can read.

    Links in mails open accounts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, **kwargs)
        # Django names the file by an address in memory, which the next message may get as well:
        # two would stand in one file. The microseconds also keep them in order.
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}{secrets.randbelow(10**6):06d}.log"
        self._fname = str(Path(settings.EMAIL_FILE_PATH) / name)
