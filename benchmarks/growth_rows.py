"""Rows that `benchmarks.growth` makes inside the database, each by its number."""

from __future__ import annotations

#: Each line and operation of this number belongs to the partner that is measured.
OF_PARTNER = 200

# Rows come in the order of their times, and the same number has the same id in all tables. The
# numbers are not read from a function in FROM, which would store them all first. OFFSET has each
# value computed once.
_ROWS = """
    (SELECT n, hash, to_timestamp(epoch) AS at,
        to_hex(trunc(epoch)::bigint) || left(hash, 16) AS id,
        CASE WHEN n %% %(every)s = 0 THEN %(partner)s
             ELSE left(md5((n %% 2000)::text), 24) END AS partner
    FROM (SELECT n, md5(n::text) AS hash,
            %(since)s::float8 + (n - %(first)s) * %(step)s::float8 AS epoch
        FROM (SELECT generate_series(%(first)s::bigint, %(last)s::bigint) AS n) numbers
        OFFSET 0) times
    OFFSET 0) rows
"""
# Other partners have no rows of their own, so foreign keys are left unchecked.
_LINES = """
    INSERT INTO {relation} (id, at, partner_id, key_id, request_id, client_request_id,
        method, path, status, code, message, target, milliseconds, address)
    SELECT id, at, partner, partner, hash, '', 'POST', '/partner/v1/image/create',
        CASE WHEN n %% 12 = 0 THEN 402 ELSE 200 END,
        CASE WHEN n %% 12 = 0 THEN 'insufficient_points' ELSE '' END, '', id, 300, '203.0.113.9'
    FROM {rows}
"""
_CHARGES = """
    INSERT INTO {relation} (id, partner_id, key_id, action, mode, tier_id, cost, fast_cost,
        refunded, state, holder, lease_until, created_at, settled_at)
    SELECT id, partner, CASE WHEN partner = %(partner)s THEN %(key)s ELSE partner END,
        'create', 'fast', 'scale', 600, 600, 0, 'succeeded', '', at, at, at
    FROM {rows}
"""
_OPERATIONS = """
    INSERT INTO {relation} (id, partner_id, key_id, charge_id, action, requested_mode,
        mode, aspect_ratio, resolution, file_token, image_urls, failure, created_at)
    SELECT id, partner, CASE WHEN partner = %(partner)s THEN %(key)s ELSE partner END, id,
        'create', 'fast', 'fast', '1:1', '1k', hash::uuid, '{{}}', '', at
    FROM {rows}
"""
_ENTRIES = """
    INSERT INTO {relation} (id, partner_id, bucket_id, operation_id, kind, points, created_at)
    SELECT left(id, 21) || '000', partner, partner, id, 'charge', -600, at
    FROM {rows}
"""
#: By table. Placeholders are `first` and `last`, the numbers; `since`, the time of the first in
#: seconds, and `step`, the seconds between two; `partner`, `key` and `every`.
INSERTIONS = {
    "accounts_requestlog": _LINES,
    "billing_charge": _CHARGES,
    "imaging_imageoperation": _OPERATIONS,
    "billing_ledgerentry": _ENTRIES,
}
#: What the product counts as calls end.
USAGE = """
    INSERT INTO billing_dailyusage
        (id, partner_id, day, key_id, action, mode, is_test, succeeded, failed, points)
    SELECT accounts_new_id(), partner_id, (created_at AT TIME ZONE 'UTC')::date, key_id, action,
        mode, false, count(*), 0, sum(cost)
    FROM billing_charge GROUP BY 2, 3, 4, 5, 6
"""
EVENTS = """
    INSERT INTO integrations_webhookdelivery (id, partner_id, endpoint_id, stream, position, event,
        body, state, attempts_made, due_at, created_at, ended_at)
    SELECT lpad(to_hex(extract(epoch FROM at)::bigint), 8, '0') || substr(md5('event' || n), 1, 16),
        %(partner)s, %(endpoint)s, substr(md5('stream' || n), 1, 24), 1, 'image.completed',
        convert_to(repeat('x', 300), 'UTF8'), 'delivered', 1, at, at, at
    FROM generate_series(1, %(events)s) n,
        LATERAL (SELECT now() - interval '1 day' * %(days)s * (n::float8 / %(events)s) AS at) row
"""
ATTEMPTS = """
    INSERT INTO integrations_webhookattempt
        (id, partner_id, delivery_id, at, status, error, milliseconds, response_body)
    SELECT left(id, 8) || substr(md5(id), 1, 16), partner_id, id, created_at, 200, '', 100, ''
    FROM integrations_webhookdelivery
"""


def insertion(table: str, relation: str) -> str:
    """Return the statement that adds rows of a table to it or to one of its partitions."""
    return INSERTIONS[table].format(relation=relation, rows=_ROWS)
