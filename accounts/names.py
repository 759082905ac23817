"""Names of people and companies, which appear in emails to others. Pure functions.

A mail program turns an address in a name into a link, so a name must not contain one.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

#: Line breaks forge lines in emails and lists, controls of writing direction the order of letters.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: Such as M/s, C/o and 24/7.
_ABBREVIATION = re.compile(r"\b\w{1,2}/\w{1,2}\b")
_SIGNS = re.compile(r"[/\\:@]")
#: Internationalized domain names also accept the ideographic full stop.
_DOMAIN = re.compile(r"\bwww\b|\w[.\u3002][^\W\d_]\w", re.IGNORECASE)


class InvalidName(ValidationError):
    """The name could forge or contain a link; the message says what to leave out."""


def validate_name(name: str) -> None:
    """Raise `InvalidName` for control characters and for what mail programs turn into links."""
    # Compatible forms, such as a full-width solidus, are read as the plain ones.
    plain = _ABBREVIATION.sub("", unicodedata.normalize("NFKC", name))
    if _CONTROLS.search(plain):
        raise InvalidName(gettext("Control characters are not allowed."))
    if _SIGNS.search(plain):
        raise InvalidName(gettext("A name can't contain /, \\, : or @."))
    if _DOMAIN.search(plain):
        raise InvalidName(
            gettext(
                "A name can't contain a web address. Put a space after a full stop, as in S. K."
                " Rao."
            )
        )
