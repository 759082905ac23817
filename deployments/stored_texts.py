"""Errors and notices of deployments: rows and events have them in English, pages translate them.

Pure functions.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

from config.egress.errors import BAD_STATUS, COMPRESSED, TOO_MANY_BYTES, TOO_MANY_MEGABYTES

CANCELLED = gettext_noop("Cancelled.")
CANCELLED_BY_STAFF = gettext_noop("Cancelled by ShopIQ staff: %(reason)s")
# Translators: %(name)s is the name of a field, such as brandLogo.
TEXT_LOGO = gettext_noop("%(name)s was not used: %(reason)s; a text logo was drawn instead.")
FORMER_LOGO = gettext_noop(
    # Translators: %(name)s is the name of a field, such as brandLogo.
    "%(name)s was not used: %(reason)s; its former version is shown instead."
)
NO_CONTACT = gettext_noop("The shop shows no email address, phone number or WhatsApp number.")
_TEMPLATES = (
    TEXT_LOGO,
    FORMER_LOGO,
    CANCELLED_BY_STAFF,
    BAD_STATUS,
    COMPRESSED,
    TOO_MANY_MEGABYTES,
    TOO_MANY_BYTES,
)


def translate_stored(text: str) -> str:
    """Return a stored error or notice in the reader's language, as it is if it has no translation.

    The sentences that are not here are marked where they are raised.
    """
    if text.endswith(f". {NO_CONTACT}"):
        first = text.removesuffix(f" {NO_CONTACT}")
        return f"{translate_stored(first)} {gettext(NO_CONTACT)}"
    for template in _TEMPLATES:
        if match := _pattern_of(template).fullmatch(text):
            values = {name: translate_stored(value) for name, value in match.groupdict().items()}
            return gettext(template) % values
    return gettext(text) if text else ""


def _pattern_of(template: str) -> re.Pattern[str]:
    """Return what finds the values of the placeholders."""
    escaped = re.escape(template)
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", escaped), re.DOTALL)
