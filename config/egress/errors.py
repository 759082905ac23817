"""Why an outgoing request failed, in words that partners may see."""

from __future__ import annotations

INVALID_URL = "the URL is not valid"
#: One sentence for a name without an address, an address that we refuse and a refused connection:
#: three sentences would let a partner map our network from the inside.
UNREACHABLE = "the address could not be reached"
INSECURE = "no secure connection could be made"
TOO_SLOW = "the server took too long"
TOO_MANY_REDIRECTS = "too many redirects"
UNREADABLE = "the server's answer could not be read"

_MEGABYTE = 2**20


class EgressError(Exception):
    """A request that brought no answer; `detail` is one sentence out of this module's short list.

    What really happened (addresses, TLS alerts) stays in `__cause__`, for our own log only.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def bad_status(status: int) -> EgressError:
    """The server answered a download with something else than the file."""
    return EgressError(f"the server answered with status {status}")


def too_large(max_bytes: int) -> EgressError:
    """The file passes the limit of bytes; whole megabytes (2**20) are named as such."""
    limit = f"{max_bytes // _MEGABYTE} MB" if max_bytes >= _MEGABYTE else f"{max_bytes} bytes"
    return EgressError(f"the file is larger than {limit}")
