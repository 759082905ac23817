"""Connections on which a test itself writes and reads bytes."""

from __future__ import annotations

import socket


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while part := connection.recv(65_536):
        received += part
    return received


def read_until(connection: socket.socket, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end):
        part = connection.recv(65_536)
        assert part, received
        received += part
    return received
