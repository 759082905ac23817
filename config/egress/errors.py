"""Errors of outgoing requests, in sentences that can be shown to partners."""

from __future__ import annotations

from django.utils.translation import gettext_noop

INVALID_URL = gettext_noop("the URL is not valid")
#: One sentence for an unknown name, a forbidden address and a refused connection: three different
#: ones would let a partner map our internal network.
UNREACHABLE = gettext_noop("the address could not be reached")
INSECURE = gettext_noop("no secure connection could be made")
TOO_SLOW = gettext_noop("the server took too long")
TOO_MANY_REDIRECTS = gettext_noop("too many redirects")
UNREADABLE = gettext_noop("the server's response could not be read")

BAD_STATUS = gettext_noop("the server answered with status %(status)s")
COMPRESSED = gettext_noop("the server compressed the file with %(coding)s, which is not supported")
TOO_MANY_MEGABYTES = gettext_noop("the file is larger than %(number)s MB")
TOO_MANY_BYTES = gettext_noop("the file is larger than %(number)s bytes")

_MEGABYTE = 2**20


class EgressError(Exception):
    """A request without a usable response; `detail` is one of this module's sentences.

    The actual cause (addresses, TLS alerts) is only in `__cause__`, for our own log.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def explain(self) -> str:
        """Return the sentence with its cause, for operators."""
        return f"{self.detail} ({self.__cause__})" if self.__cause__ else self.detail


def bad_status(status: int) -> EgressError:
    """Return the error for a download whose status is not 200."""
    return EgressError(BAD_STATUS % {"status": status})


def compressed(coding: str) -> EgressError:
    """Return the error for a download with a content coding that is not undone."""
    return EgressError(COMPRESSED % {"coding": coding})


def too_large(max_bytes: int) -> EgressError:
    """Return the error for a file over the limit, in megabytes (2**20) if it is whole ones."""
    if max_bytes >= _MEGABYTE:
        return EgressError(TOO_MANY_MEGABYTES % {"number": max_bytes // _MEGABYTE})
    return EgressError(TOO_MANY_BYTES % {"number": max_bytes})
