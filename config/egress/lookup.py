"""DNS lookups with a time limit, which getaddrinfo itself lacks."""

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

#: A blocking function from a host name to addresses as text; raises `OSError`.
Resolver = Callable[[str], list[str]]

_LOOKUP_SECONDS = 5.0
_MAX_LOOKUPS = 32
_slots = threading.BoundedSemaphore(_MAX_LOOKUPS)


def resolve_by_system(host: str) -> list[str]:
    """Return the addresses in the system's order of preference."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


def resolve(
    host: str, *, deadline: Deadline, resolve: Resolver = resolve_by_system
) -> list[IPAddress]:
    """Return the addresses of `host`; raise `EgressError`, or `DeadlineExceeded`."""
    if is_localhost(host):  # never sent to a name server: RFC 6761, section 6.3
        return [ip_address("127.0.0.1"), ip_address("::1")]
    limit = deadline.capped_at(_LOOKUP_SECONDS)
    try:
        answers = _start(resolve, host, limit).result(timeout=limit.remaining())
        return [ip_address(answer) for answer in answers]
    except (OSError, ValueError) as error:  # `TimeoutError` is an `OSError`
        deadline.remaining()
        raise EgressError(UNREACHABLE) from error


def _start(resolve: Resolver, host: str, limit: Deadline) -> Future[list[str]]:
    """Run a lookup in a daemon thread. An executor's threads are joined at exit, so an unresponsive
    name server would delay a stop, and they do not survive a fork."""
    if not _slots.acquire(timeout=limit.remaining()):
        raise TimeoutError
    answer: Future[list[str]] = Future()

    def run() -> None:
        try:
            answer.set_result(resolve(host))
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            answer.set_exception(error)
        finally:
            _slots.release()

    try:
        threading.Thread(target=run, name="lookup", daemon=True).start()
    except RuntimeError as error:  # no thread could be started: the slot would be lost otherwise
        _slots.release()
        raise OSError("no thread for a lookup") from error
    return answer
