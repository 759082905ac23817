"""Errors of outgoing requests, in sentences that can be shown to partners."""

from __future__ import annotations

INVALID_URL = "the URL is not valid"
#: One sentence for an unknown name, a forbidden address and a refused connection: three different
#: ones would let a partner map our internal network.
UNREACHABLE = "the address could not be reached"
INSECURE = "no secure connection could be made"
TOO_SLOW = "the server took too long"
TOO_MANY_REDIRECTS = "too many redirects"
UNREADABLE = "the server's response could not be read"

_MEGABYTE = 2**20


class EgressError(Exception):
    """A request without a usable response; `detail` is one of this module's sentences.

    The actual cause (addresses, TLS alerts) is only in `__cause__`, for our own log.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def bad_status(status: int) -> EgressError:
    """Return the error for a download whose status is not 200."""
    return EgressError(f"the server answered with status {status}")


def compressed(coding: str) -> EgressError:
    """Return the error for a download with a content coding that is not undone."""
    return EgressError(f"the server compressed the file with {coding}, which is not supported")


def too_large(max_bytes: int) -> EgressError:
    """Return the error for a file over the limit, in megabytes (2**20) if it is whole ones."""
    limit = f"{max_bytes // _MEGABYTE} MB" if max_bytes >= _MEGABYTE else f"{max_bytes} bytes"
    return EgressError(f"the file is larger than {limit}")
