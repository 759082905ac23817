"""Questions to an embedded PostgreSQL, and its violent end."""

import os
import signal

import psycopg

from config.local.postgres import Server


def ask(server: Server, query: str) -> str:
    with psycopg.connect(server.admin_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""


def leader_of(server: Server) -> int:
    """By its own record: short-lived children bear its command line for a moment."""
    return int((server.cluster.path / "postmaster.pid").read_text().partition("\n")[0])


def kill_leader(server: Server) -> None:
    os.kill(leader_of(server), signal.SIGKILL)
