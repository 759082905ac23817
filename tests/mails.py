"""What stands in mails."""

from __future__ import annotations

import re

from django.core.mail import EmailMessage


def link_in(message: EmailMessage, part: str) -> str:
    """The path of the link in the mail whose address has `part` in it."""
    [link] = {found for found in re.findall(r"https?://\S+", str(message.body)) if part in found}
    return f"/{link.split('/', 3)[3]}"
