"""Requests to services that the operator configured: AI providers, payment gateways.

Their base URLs come from the settings rather than from partners, so any address and port is
allowed.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Mapping

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager

from config.egress.connections import PlainConnection, TLSConnection, default_context, exchange
from config.egress.deadline import Deadline
from config.egress.responses import COMMON_HEADERS, Response, read_response

#: Idle connections per service; further concurrent calls open their own and close it.
_KEPT_CONNECTIONS = 256
_making = threading.Lock()


def send_request(
    method: str,
    url: str,
    *,
    deadline: Deadline,
    headers: Mapping[str, str],
    body: bytes | None = None,
    max_response_bytes: int,
) -> Response:
    """Send one request over a pooled connection: no redirects, no retries, no proxy settings.

    Raises `EgressError`, and `DeadlineExceeded` when time is up.
    """
    with exchange(deadline):
        response = _pools().urlopen(
            method,
            url,
            body=body,
            headers={**COMMON_HEADERS, **headers},
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
        )
    try:
        return read_response(response, max_bytes=max_response_bytes, deadline=deadline)
    finally:
        response.release_conn()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = PlainConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = TLSConnection


def _pools() -> PoolManager:
    """Create the pools once, under a lock: concurrent first calls must not each load the
    certificates."""
    with _making:
        return _create_pools()


@functools.cache
def _create_pools() -> PoolManager:
    pools = PoolManager(maxsize=_KEPT_CONNECTIONS, ssl_context=default_context())
    pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _TLSPool}
    return pools


# A forked worker that shared its parent's connections would read the parent's responses.
os.register_at_fork(after_in_child=_create_pools.cache_clear)
