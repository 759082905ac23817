"""Adds entries to the chains, once their transactions have certainly ended."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, connection, transaction

from config.chain.canonical import chain_hash
from config.chain.chains import Chain, Entry, registered_chains
from config.chain.models import ChainDigest, state_of
from config.chain.signatures import sign

log = structlog.get_logger(__name__)

#: How far the clock that stamps an entry may be behind the database's.
CLOCK_TOLERANCE = timedelta(minutes=1)
#: Entries per digest.
_MOST = 5_000
_WAIT_SECONDS = 10.0


def extend_chains(*, seconds: float = 100.0) -> bool:
    """Add all entries older than a minute to their chains.

    Return False if that takes longer than `seconds`, or if a transaction does: the next run
    continues.
    """
    deadline = time.monotonic() + seconds
    horizon = find_horizon()
    if horizon is None:
        return False
    for chain in registered_chains():
        for partner_id in chain.partners_with_new_entries(horizon):
            while extend_chain(chain=chain, partner_id=partner_id, horizon=horizon):
                if time.monotonic() > deadline:
                    return False
    return True


def find_horizon() -> datetime | None:
    """Return a time before which no further entry can appear; None if a transaction is too long.

    An entry gets its time in its transaction. All transactions that have begun to write by now are
    waited for; later ones write entries with a later time, except for `CLOCK_TOLERANCE`.
    """
    with connection.cursor() as cursor:
        # A number of our own: a snapshot does not tell the highest one that has been given out.
        cursor.execute("SELECT statement_timestamp(), pg_current_xact_id()::text")
        now, newest = cursor.fetchone()
        give_up_at = time.monotonic() + _WAIT_SECONDS
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8", [newest])
            if cursor.fetchone()[0]:
                horizon: datetime = now - CLOCK_TOLERANCE
                return horizon
            if time.monotonic() > give_up_at:
                log.warning("hash chains wait for a long transaction")
                return None
            time.sleep(0.05)


def extend_chain(*, chain: Chain, partner_id: str, horizon: datetime) -> int:
    """Write the next digest of a partner; return how many entries it has.

    0 if there are none, or if another process has just written it.
    """
    last = chain.digests(partner_id).last_before()
    since = last.until if last else None
    entries, until = _next_entries(chain, partner_id, since, horizon)
    if not entries:
        return 0
    try:
        with transaction.atomic():
            _write(chain, partner_id, last, entries, until)
    except IntegrityError:
        return 0
    return len(entries)


def _next_entries(
    chain: Chain, partner_id: str, since: datetime | None, horizon: datetime
) -> tuple[list[Entry], datetime]:
    """Return entries and the time before which there are no others.

    A digest has entries of one month, so that the chain has a state at each month's end. Entries
    with the same time stay together.
    """
    most = _MOST
    while True:
        entries = chain.read(partner_id, since=since, until=horizon, most=most + 1)
        if not entries:
            return [], horizon
        until = min(horizon, next_month(entries[0][0]))
        if len(entries) <= most:
            break
        until = min(until, entries[most][0])
        if until > entries[0][0]:
            break
        most *= 2
    return [entry for entry in entries if entry[0] < until], until


def next_month(at: datetime) -> datetime:
    """Return the end of the month, in UTC."""
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def _write(
    chain: Chain,
    partner_id: str,
    last: ChainDigest | None,
    entries: list[Entry],
    until: datetime,
) -> None:
    state, hashes = state_of(last), b""
    for _, _, text in entries:
        state = chain_hash(state, text)
        hashes += state
    digest: Any = chain.digest_model(
        partner_id=partner_id,
        number=last.number + 1 if last else 1,
        until=until,
        total=(last.total if last else 0) + len(entries),
        entry_ids=[entry_id for _, entry_id, _ in entries],
        hashes=hashes,
    )
    digest.key_version, digest.signature = sign(digest.signed_text(chain.name))
    digest.save(force_insert=True)
