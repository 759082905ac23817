"""Names to addresses, once per request and within a time that getaddrinfo itself lacks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from ipaddress import ip_address

from config.egress.addresses import IPAddress
from config.egress.deadline import Deadline
from config.egress.errors import UNREACHABLE, EgressError
from config.egress.urls import is_localhost

#: A blocking function from a host name to its addresses as text; raises `OSError`.
Resolver = Callable[[str], list[str]]

_LOOKUP_SECONDS = 5.0
_MAX_LOOKUPS = 32
_slots = threading.BoundedSemaphore(_MAX_LOOKUPS)


def resolve_by_system(host: str) -> list[str]:
    """What the machine's resolver says, in the order in which the machine would try it."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


def resolve(
    host: str, *, deadline: Deadline, resolve: Resolver = resolve_by_system
) -> list[IPAddress]:
    """The addresses of `host`; raises `EgressError`, or `DeadlineExceeded` when time is up."""
    if is_localhost(host):  # never asked of a name server: RFC 6761, section 6.3
        return [ip_address("127.0.0.1"), ip_address("::1")]
    limit = deadline.sooner(_LOOKUP_SECONDS)
    try:
        answers = _start(resolve, host, limit).result(timeout=limit.remaining())
        return [ip_address(answer) for answer in answers]
    except (OSError, ValueError) as error:  # `TimeoutError` is an `OSError`
        deadline.remaining()
        raise EgressError(UNREACHABLE) from error


def _start(resolve: Resolver, host: str, limit: Deadline) -> Future[list[str]]:
    """Run a lookup aside. Daemon threads, not an executor: an executor's threads are joined when
    the process ends, so a silent name server would hold up a stop, and they are lost in a fork."""
    if not _slots.acquire(timeout=limit.remaining()):
        raise TimeoutError
    answer: Future[list[str]] = Future()

    def run() -> None:
        try:
            answer.set_result(resolve(host))
        except BaseException as error:  # handed to the waiting thread, which raises it  # noqa: BLE001 - raised again in the waiting thread
            answer.set_exception(error)
        finally:
            _slots.release()

    try:
        threading.Thread(target=run, name="lookup", daemon=True).start()
    except RuntimeError as error:  # no thread to be had: the slot would be lost for good
        _slots.release()
        raise OSError("no thread for a lookup") from error
    return answer
