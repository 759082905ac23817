"""Ways to break the refund, to prove that the verdict notices."""

from __future__ import annotations

import psycopg

_HEAD = """
    CREATE OR REPLACE FUNCTION billing_reverse(
        p_partner text, p_operation text, p_points bigint
    ) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        v_due bigint := p_points;
        v_part bigint;
        e record;
    BEGIN
        FOR e IN
            SELECT id, bucket_id, -points AS drawn FROM billing_ledgerentry
            WHERE operation_id = p_operation AND kind = 'charge' ORDER BY created_at DESC
        LOOP
            EXIT WHEN v_due = 0;
            v_part := least(e.drawn, v_due);
            v_due := v_due - v_part;
"""
_TAIL = "END LOOP; END $$"
_WRITE = """
    INSERT INTO billing_ledgerentry
        (id, partner_id, bucket_id, operation_id, kind, points, reverses_id, created_at)
    VALUES (left(p_operation, 21) || '8' || right(e.id, 2), p_partner, e.bucket_id, p_operation,
            'reversal', v_part, e.id, clock_timestamp());
"""
_TWICE = "UPDATE billing_pointbucket SET remaining = least(original, remaining + 2 * v_part)"

#: Entries without points in a bucket; no refund at all; twice the points of the entry.
BREAKS = {
    "unrestored": _HEAD + _WRITE + _TAIL,
    "unwritten": _HEAD + _TAIL,
    "doubled": f"{_HEAD} {_TWICE} WHERE id = e.bucket_id; {_WRITE} {_TAIL}",
}


def break_refund(connection: psycopg.Connection, way: str) -> None:
    connection.execute(BREAKS[way])
