"""Email addresses. Pure functions."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email


def normalize_email(text: str) -> str:
    """Return the same text for all spellings of a mailbox.

    Trimmed, NFC, in lower case, the domain in its ASCII form (IDNA). What is not an address is
    only trimmed and in lower case.
    """
    text = unicodedata.normalize("NFC", text.strip())
    try:
        address = validate_email(
            text, check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError:
        return text.lower()
    return f"{address.local_part.lower()}@{address.ascii_domain}"
