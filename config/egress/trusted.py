"""Requests to services that the operator configured: AI providers, payment gateways.

Their base URLs come from the settings, not from a partner, so any address and port is allowed.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Mapping

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager

from config.egress.answers import COMMON_HEADERS, Answer, read_answer
from config.egress.connections import PlainConnection, TLSConnection, default_context, exchange
from config.egress.deadline import Deadline

#: Idle connections kept for one service; calls beyond them open one of their own and drop it.
_KEPT_CONNECTIONS = 256
_making = threading.Lock()


def call(
    method: str,
    url: str,
    *,
    deadline: Deadline,
    headers: Mapping[str, str],
    body: bytes | None = None,
    max_answer_bytes: int,
) -> Answer:
    """One request over a kept connection: no redirect, no retry, no proxy from the environment.

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
        return read_answer(response, max_bytes=max_answer_bytes, deadline=deadline)
    finally:
        response.release_conn()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = PlainConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = TLSConnection


def _pools() -> PoolManager:
    """Made once, under a lock: a burst of first calls must not load the certificates each."""
    with _making:
        return _made_pools()


@functools.cache
def _made_pools() -> PoolManager:
    pools = PoolManager(maxsize=_KEPT_CONNECTIONS, ssl_context=default_context())
    pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _TLSPool}
    return pools


# A forked worker that shared its parent's connections would read the parent's answers.
os.register_at_fork(after_in_child=_made_pools.cache_clear)
