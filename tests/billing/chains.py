"""Ledgers whose entries are old enough for the hash chain, and hands that change them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from config.chain.chains import Chain
from config.chain.writing import extend_chains
from tests.waiting import wait_for


@contextmanager
def without_triggers() -> Iterator[Any]:
    """Yield a cursor that no trigger stops, as someone who controls the server has."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def tamper(statement: str, *parameters: Any) -> None:
    with without_triggers() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount == 1


def extend() -> None:
    """Add everything to the chains.

    Transactions are numbered for all databases of a server: other tests' can be in the way.
    """
    wait_for(extend_chains)


def covered(chain: Chain, partner_id: str) -> list[str]:
    """The ids of all entries in the digests, in the order of the chain."""
    digests = chain.digests(partner_id).order_by("number")
    return [entry_id for digest in digests for entry_id in digest.entry_ids]


def stored(chain: Chain, partner_id: str) -> list[str]:
    rows: Any = chain.entries._default_manager
    order = (chain.time_field, "pk")
    return list(rows.of(partner_id).order_by(*order).values_list("pk", flat=True))
