"""Whether every point is accounted for: the rows agree with each other and with the callers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg

from benchmarks.kills.verdict import RULES
from benchmarks.production.callers import Callers
from benchmarks.production.installation import Installation
from benchmarks.production.processes import say, wait_for

_SUMS = (
    "SELECT count(*), coalesce(sum(cost - refunded), 0)::bigint FROM billing_charge"
    " WHERE state = 'succeeded'"
)
_STATES = "SELECT state, count(*) FROM billing_charge GROUP BY state ORDER BY state"


def find_faults(installation: Installation, callers: Callers) -> Iterator[str]:
    """Wait until the leases of calls that were cut off have ended, then compare."""
    with psycopg.connect(installation.current.url("postgres"), autocommit=True) as session:

        def is_settled() -> bool:
            query = "SELECT NOT EXISTS (SELECT FROM billing_charge WHERE state = 'reserved')"
            return session.execute(query).fetchone() == (True,)

        wait_for(is_settled)
        for name, rule in RULES.items():
            if rows := session.execute(rule.encode()).fetchall():
                yield f"not so: {name} ({len(rows)} rows)"
        [(images, points)] = session.execute(_SUMS).fetchall()
        [(accounts,)] = session.execute("SELECT count(*) FROM accounts_account").fetchall()
        states: dict[str, int] = dict(session.execute(_STATES).fetchall())
    yield from _compare(callers, "images", "create", images)
    yield from _compare(callers, "accounts", "account", accounts)
    reported = callers.points
    say(f"callers were told of {reported / 100:.2f} points; the books have {points / 100:.2f}")
    if points < reported or (images == callers.done["create"] and points > reported):
        yield "the books have other points than callers were told of"
    say(f"charges: {', '.join(f'{n} {state}' for state, n in states.items())}")
    report = json.loads(installation.manage("check_ledger", "--json", owner=True))
    verdict = "proven" if report["ok"] else "NOT PROVEN"
    say(f"check_ledger: {report['buckets']} buckets, {report['entries']} entries, {verdict}")
    if not report["ok"]:
        yield "check_ledger"


def _compare(callers: Callers, things: str, kind: str, found: int) -> Iterator[str]:
    """A row more is a call whose answer was lost on the way; a row less is a loss."""
    reported, lost = callers.done[kind], callers.failures_of(kind)
    say(f"callers were told of {reported} {things} and lost {lost} answers; the books have {found}")
    if not reported <= found <= reported + lost:
        yield f"the books differ from what callers were told of {things}"
