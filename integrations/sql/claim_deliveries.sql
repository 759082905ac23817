-- Leases up to `p_batch` due events, the oldest first, and counts the attempt before it is made.
--
-- A partner has at most `p_slots` attempts under way, so that one dead receiver delays nobody
-- else's events. It costs as much with a hundred thousand waiting events as with ten: it steps
-- from partner to partner along an index, and reads of each no more than it may take.
CREATE OR REPLACE FUNCTION integrations_claim_deliveries(p_batch int, p_slots int, p_lease_seconds float8)
RETURNS SETOF integrations_webhookdelivery LANGUAGE sql AS $$
    WITH RECURSIVE moment AS MATERIALIZED (
        SELECT clock_timestamp() AS t
    ), waiting(partner_id) AS (
        (SELECT d.partner_id FROM integrations_webhookdelivery d
         WHERE d.state = 'pending' AND d.due_at IS NOT NULL ORDER BY d.partner_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.partner_id FROM integrations_webhookdelivery d
                WHERE d.state = 'pending' AND d.due_at IS NOT NULL AND d.partner_id > w.partner_id
                ORDER BY d.partner_id LIMIT 1)
        FROM waiting w WHERE w.partner_id IS NOT NULL
    ), due AS (
        SELECT oldest.id
        FROM moment CROSS JOIN waiting w
        CROSS JOIN LATERAL (
            SELECT count(*) AS slots FROM integrations_webhookdelivery d
            WHERE d.partner_id = w.partner_id AND d.state = 'pending' AND d.lease_until > t
        ) busy
        CROSS JOIN LATERAL (
            SELECT d.id, d.due_at FROM integrations_webhookdelivery d
            WHERE d.partner_id = w.partner_id AND d.state = 'pending' AND d.due_at <= t
            -- As the index is ordered: by the time alone, another partner's rows would be read.
            ORDER BY d.partner_id, d.due_at LIMIT greatest(p_slots - busy.slots, 0)
        ) oldest
        WHERE w.partner_id IS NOT NULL
        ORDER BY oldest.due_at LIMIT p_batch
    ), locked AS (
        SELECT d.id FROM integrations_webhookdelivery d CROSS JOIN moment
        -- Arrays, here and below: a join would be planned for a tenth of the table.
        WHERE d.id = ANY (ARRAY(SELECT id FROM due))
          -- Looked at again under the lock: another claimer may have been here meanwhile, and
          -- its attempt may even have failed already and wait for the next one's time.
          AND d.state = 'pending' AND d.due_at <= t
        ORDER BY d.id FOR UPDATE OF d SKIP LOCKED
    ), lease AS MATERIALIZED (
        SELECT clock_timestamp() + make_interval(secs => p_lease_seconds) AS until
    )
    UPDATE integrations_webhookdelivery d
    SET due_at = lease.until, lease_until = lease.until, attempts_made = d.attempts_made + 1
    FROM lease WHERE d.id = ANY (ARRAY(SELECT id FROM locked))
    RETURNING d.*;
$$;
