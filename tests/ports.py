"""Ports for servers that begin to listen later, in another process or thread."""

from __future__ import annotations

import os
import socket
from itertools import count

#: Below those that systems give out themselves: in the meantime, one of them may become the port of
#: any other socket.
FIRST, LAST = 20_000, 32_000
_turns = count(97 * os.getpid())  # processes begin in different places


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens; the next call returns another."""
    while True:
        port = FIRST + next(_turns) % (LAST - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
