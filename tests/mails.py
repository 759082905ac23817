"""Reading emails."""

from __future__ import annotations

import re

from django.core.mail import EmailMessage


def link_in(message: EmailMessage, part: str) -> str:
    """Return the path of the link in the email that contains `part`."""
    [link] = {found for found in re.findall(r"https?://\S+", str(message.body)) if part in found}
    return f"/{link.split('/', 3)[3]}"
