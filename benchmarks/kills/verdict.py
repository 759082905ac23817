"""What must hold in the end: the rows agree with each other and with the responses.

Plain SQL, so that a mistake in the product's code cannot hide itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import namedtuple_row

from benchmarks.kills.clients import LOST, Attempt, Call

#: Each statement returns one row per fault.
RULES = {
    "every bucket holds the sum of its entries": """
        SELECT b.id, b.remaining, sum(e.points) AS entries
        FROM billing_pointbucket b LEFT JOIN billing_ledgerentry e ON e.bucket_id = b.id
        GROUP BY b.id HAVING b.remaining IS DISTINCT FROM sum(e.points)
    """,
    "no bucket is overdrawn or overfull": """
        SELECT id, original, remaining FROM billing_pointbucket
        WHERE remaining < 0 OR remaining > original
    """,
    "nothing is reserved any more": """
        SELECT id, lease_until FROM billing_charge WHERE state = 'reserved'
    """,
    "every charge drew its cost": """
        SELECT c.id, c.cost, sum(e.points) AS drawn
        FROM billing_charge c
        LEFT JOIN billing_ledgerentry e ON e.operation_id = c.id AND e.kind = 'charge'
        GROUP BY c.id HAVING sum(e.points) IS DISTINCT FROM -c.cost
    """,
    "what went back is what the charge says, and all of it after a failure": """
        SELECT c.id, c.state, c.cost, c.refunded, coalesce(sum(e.points), 0) AS went_back
        FROM billing_charge c
        LEFT JOIN billing_ledgerentry e ON e.operation_id = c.id AND e.kind = 'reversal'
        GROUP BY c.id
        HAVING coalesce(sum(e.points), 0) <> c.refunded OR c.refunded > c.cost
            OR (c.state = 'refunded' AND c.refunded <> c.cost)
    """,
    "no entry is reversed twice, or by more than itself": """
        SELECT e.id, count(r.id) AS reversals, sum(r.points) AS went_back
        FROM billing_ledgerentry e JOIN billing_ledgerentry r ON r.reverses_id = e.id
        GROUP BY e.id
        HAVING count(r.id) > 1 OR sum(r.points) > -e.points
            OR bool_or(r.bucket_id <> e.bucket_id OR r.operation_id <> e.operation_id)
    """,
    "every partner has what it was given less what succeeded": """
        SELECT p.id, b.granted, b.balance, coalesce(c.spent, 0) AS spent
        FROM accounts_partner p
        JOIN (SELECT partner_id, sum(original) AS granted, sum(remaining) AS balance
              FROM billing_pointbucket GROUP BY partner_id) b ON b.partner_id = p.id
        LEFT JOIN (SELECT partner_id, sum(cost - refunded) AS spent FROM billing_charge
                   WHERE state = 'succeeded' GROUP BY partner_id) c ON c.partner_id = p.id
        WHERE b.balance <> b.granted - coalesce(c.spent, 0)
    """,
    "every call that was not waited for has one event, which says how it ended": """
        SELECT o.id, c.state, count(d.id) AS events, min(d.event) AS event
        FROM imaging_imageoperation o
        JOIN billing_charge c ON c.id = o.id
        LEFT JOIN integrations_webhookdelivery d ON d.stream = o.id
        WHERE o.endpoint_id IS NOT NULL
        GROUP BY o.id, c.state
        HAVING count(d.id) <> 1 OR min(d.event) <>
            CASE c.state WHEN 'succeeded' THEN 'image.succeeded' ELSE 'image.failed' END
    """,
    "usage counts what the charges say": """
        SELECT coalesce(u.partner_id, c.partner_id) AS partner, u.succeeded, c.succeeded AS charges,
               u.failed, c.failed AS refunds, u.points, c.points AS spent
        FROM (SELECT partner_id, sum(succeeded) AS succeeded, sum(failed) AS failed,
                     sum(points) AS points
              FROM billing_dailyusage GROUP BY partner_id) u
        FULL JOIN (SELECT partner_id, count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
                          count(*) FILTER (WHERE state = 'refunded') AS failed,
                          sum(cost - refunded) AS points
                   FROM billing_charge WHERE state <> 'reserved' GROUP BY partner_id) c
        ON u.partner_id = c.partner_id
        WHERE (u.succeeded, u.failed, u.points) IS DISTINCT FROM (c.succeeded, c.failed, c.points)
    """,
}


@dataclass(frozen=True)
class ChargeRow:
    """A charge in its final state; hundredths of a point."""

    id: str
    partner_id: str
    state: str
    net: int


@dataclass(frozen=True)
class Finding:
    """A rule and all its violations."""

    rule: str
    problems: list[str]


def judge(
    database_url: str, attempts: Sequence[Attempt], open_calls: Sequence[Call]
) -> tuple[list[Finding], list[ChargeRow]]:
    """Return all rules with their violations, and the charges they were checked with."""
    with psycopg.connect(database_url, row_factory=namedtuple_row) as connection:
        findings = [
            Finding(rule, [str(row) for row in connection.execute(statement)])
            for rule, statement in RULES.items()
        ]
        rows = connection.execute(
            "SELECT id, partner_id, state, cost - refunded AS net FROM billing_charge"
        )
        charges = [ChargeRow(*row) for row in rows]
    by_id = {charge.id: charge for charge in charges}
    cases = {
        "every operation a client was told of exists": _accepted(attempts, by_id),
        "every success a client saw is a charge at its price": _successes(attempts, by_id),
        "no client paid for an error it received": _paid_errors(attempts, by_id),
        "every other success was sent or lost in transit": _unseen(attempts, charges),
        "a retried call has one response and one charge": _retried(attempts, charges),
        "every retried call came to an end": map(str, open_calls),
    }
    findings += [Finding(rule, list(problems)) for rule, problems in cases.items()]
    return findings, charges


def _accepted(attempts: Sequence[Attempt], charges: dict[str, ChargeRow]) -> Iterator[str]:
    for attempt in attempts:
        if attempt.status == 202 and attempt.operation_id not in charges:
            yield f"{attempt.call.name} was accepted as {attempt.operation_id}"


def _successes(attempts: Sequence[Attempt], charges: dict[str, ChargeRow]) -> Iterator[str]:
    for attempt in attempts:
        if attempt.status == 200:
            charge = charges.get(attempt.operation_id or "")
            if charge is None or (charge.state, charge.net) != ("succeeded", attempt.points):
                yield f"{attempt.call.name} received {attempt.points}: {charge}"


def _paid_errors(attempts: Sequence[Attempt], charges: dict[str, ChargeRow]) -> Iterator[str]:
    # A careful caller retries after an error; the next rules check the result of its call.
    for attempt in attempts:
        if attempt.status > 202 and not attempt.call.caller.is_careful:
            charge = charges.get(attempt.operation_id or "")
            if charge is not None and charge.state != "refunded":
                yield f"{attempt.call.name} received {attempt.status}: {charge}"


def _unseen(attempts: Sequence[Attempt], charges: Sequence[ChargeRow]) -> Iterator[str]:
    reported = {attempt.operation_id for attempt in attempts if attempt.status in (200, 202)}
    lost = Counter(
        attempt.call.caller.partner_id
        for attempt in attempts
        if attempt.status == LOST and not attempt.call.caller.is_careful
    )
    unseen = Counter(
        charge.partner_id
        for charge in charges
        if charge.state == "succeeded" and charge.id not in reported
    )
    for partner_id, number in unseen.items():
        if number > lost[partner_id]:
            yield f"{partner_id}: {number} unseen successes, {lost[partner_id]} lost responses"


def _retried(attempts: Sequence[Attempt], charges: Sequence[ChargeRow]) -> Iterator[str]:
    responses: dict[str, set[tuple[str | None, bytes]]] = defaultdict(set)
    careful: dict[str, set[str | None]] = defaultdict(set)
    for attempt in attempts:
        if attempt.call.caller.is_careful:
            operations = careful[attempt.call.caller.partner_id]
            if attempt.status in (200, 202):
                responses[attempt.call.name].add((attempt.operation_id, attempt.body))
                operations.add(attempt.operation_id)
    for name, given in responses.items():
        if len(given) > 1:
            yield f"{name} has {len(given)} responses: {sorted(str(x) for x, _ in given)}"
    for charge in charges:
        reported = careful.get(charge.partner_id)
        if reported is not None and charge.state == "succeeded" and charge.id not in reported:
            yield f"no client received {charge}"
