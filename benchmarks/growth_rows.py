"""Rows that `benchmarks.growth` makes inside the database."""

from __future__ import annotations

from django.db import connection

from integrations.models import WebhookEndpoint

#: The first and the last.
Numbers = tuple[int, int]
#: Days that the rows are spread over.
DAYS = 120
#: Each line and operation of this number belongs to the partner that is measured.
OF_PARTNER = 200

# Other partners have no rows of their own, so foreign keys are left unchecked.
_LINES = """
    INSERT INTO accounts_requestlog (id, at, partner_id, key_id, request_id, client_request_id,
        method, path, status, code, message, target, milliseconds, address)
    SELECT lpad(to_hex(extract(epoch FROM at)::bigint), 8, '0') || substr(md5('line' || n), 1, 16),
        at, partner, partner, md5('request' || n), '', 'POST', '/partner/v1/image/create',
        CASE WHEN n %% 12 = 0 THEN 402 ELSE 200 END,
        CASE WHEN n %% 12 = 0 THEN 'insufficient_points' ELSE '' END, '', md5(n::text)::char(24),
        300, '203.0.113.9'
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n,
        LATERAL (SELECT now()
                - interval '1 day' * %(days)s
                    * ((%(last)s - n)::float8 / (%(last)s - %(first)s)) AS at,
            CASE WHEN n %% %(every)s = 0 THEN %(partner)s
                 ELSE substr(md5('partner' || n %% 2000), 1, 24) END AS partner) row
"""
_CHARGES = """
    INSERT INTO billing_charge (id, partner_id, key_id, action, mode, tier_id, cost, fast_cost,
        refunded, state, holder, lease_until, created_at, settled_at)
    SELECT lpad(to_hex(extract(epoch FROM at)::bigint), 8, '0') || substr(md5('call' || n), 1, 16),
        partner, CASE WHEN partner = %(partner)s THEN %(key)s ELSE partner END,
        'create', 'fast', 'scale', 600, 600, 0, 'succeeded', '', at, at, at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n,
        LATERAL (SELECT now() - interval '10 minutes'
                - interval '1 day' * %(days)s
                    * ((%(last)s - n)::float8 / (%(last)s - %(first)s)) AS at,
            CASE WHEN n %% %(every)s = 0 THEN %(partner)s
                 ELSE substr(md5('partner' || n %% 2000), 1, 24) END AS partner) row
"""
_OPERATIONS = """
    INSERT INTO imaging_imageoperation (id, partner_id, key_id, charge_id, action, requested_mode,
        mode, aspect_ratio, resolution, file_token, image_urls, failure, created_at)
    SELECT id, partner_id, key_id, id, action, mode, mode, '1:1', '1k', gen_random_uuid(),
        '{}', '', created_at
    FROM billing_charge ON CONFLICT DO NOTHING
"""
#: Built at the end, which takes a fraction of the time. Unique ones are in the order of the rows.
_INDEXES = """
    SELECT c.relname, replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisunique AND i.indrelid = ANY (ARRAY['accounts_requestlog', 'billing_charge',
        'imaging_imageoperation', 'billing_ledgerentry']::regclass[])
"""
_ENTRIES = """
    INSERT INTO billing_ledgerentry
        (id, partner_id, bucket_id, operation_id, kind, points, created_at)
    SELECT left(id, 21) || '000', partner_id, partner_id, id, 'charge', -cost, created_at
    FROM billing_charge ON CONFLICT DO NOTHING
"""
_EVENTS = """
    INSERT INTO integrations_webhookdelivery (id, partner_id, endpoint_id, stream, position, event,
        body, state, attempts_made, due_at, created_at, ended_at)
    SELECT lpad(to_hex(extract(epoch FROM at)::bigint), 8, '0') || substr(md5('event' || n), 1, 16),
        %(partner)s, %(endpoint)s, substr(md5('stream' || n), 1, 24), 1, 'image.completed',
        convert_to(repeat('x', 300), 'UTF8'), 'delivered', 1, at, at, at
    FROM generate_series(1, %(events)s) n,
        LATERAL (SELECT now() - interval '1 day' * %(days)s * (n::float8 / %(events)s) AS at) row
"""
_ATTEMPTS = """
    INSERT INTO integrations_webhookattempt
        (id, partner_id, delivery_id, at, status, error, milliseconds, response_body)
    SELECT left(id, 8) || substr(md5(id), 1, 16), partner_id, id, created_at, 200, '', 100, ''
    FROM integrations_webhookdelivery
"""


def fill(
    owner: tuple[str, str],
    *,
    lines: Numbers,
    operations: Numbers,
    every: int = OF_PARTNER,
    days: int = DAYS,
) -> None:
    """Add the lines and operations of these numbers; one line of `every` is the owner's, given by
    the ids of partner and key."""
    values: dict[str, str | int] = {"partner": owner[0], "key": owner[1], "days": days}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(_LINES, {**values, "every": every, **_as_values(lines)})
        cursor.execute(_CHARGES, {**values, "every": OF_PARTNER, **_as_values(operations)})
        cursor.execute(_OPERATIONS)
        cursor.execute(_ENTRIES)
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET session_replication_role; RESET synchronous_commit")


def fill_outbox(endpoint: WebhookEndpoint, *, events: int, days: int) -> None:
    """Add so many delivered events of an endpoint, each with its attempt."""
    values: dict[str, str | int] = {
        "partner": endpoint.partner_id,
        "endpoint": endpoint.pk,
        "events": events,
        "days": days,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, values)
        cursor.execute(_ATTEMPTS)


def _as_values(numbers: Numbers) -> dict[str, int]:
    return {"first": numbers[0], "last": numbers[1]}
