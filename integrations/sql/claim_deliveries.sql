-- Leases up to `p_batch` due events, the oldest first, and counts the attempt in advance.
--
-- A partner has at most `p_slots` attempts under way, so that a hanging receiver does not delay
-- the events of others. The cost does not depend on the number of waiting events: it steps
-- from partner to partner along an index, reading no more rows of each than it can lease.
CREATE OR REPLACE FUNCTION integrations_claim_deliveries(
    p_batch int, p_slots int, p_lease_seconds float8
) RETURNS SETOF integrations_webhookdelivery LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_until timestamptz := v_now + make_interval(secs => p_lease_seconds);
    v_ids text[];
BEGIN
    WITH RECURSIVE waiting(partner_id) AS (
        (SELECT d.partner_id FROM integrations_webhookdelivery d
         WHERE d.state = 'pending' AND d.due_at IS NOT NULL ORDER BY d.partner_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.partner_id FROM integrations_webhookdelivery d
                WHERE d.state = 'pending' AND d.due_at IS NOT NULL AND d.partner_id > w.partner_id
                ORDER BY d.partner_id LIMIT 1)
        FROM waiting w WHERE w.partner_id IS NOT NULL
    ), due AS (
        SELECT oldest.id
        FROM waiting w
        CROSS JOIN LATERAL (
            SELECT count(*) AS slots FROM integrations_webhookdelivery d
            WHERE d.partner_id = w.partner_id AND d.state = 'pending' AND d.lease_until > v_now
        ) busy
        CROSS JOIN LATERAL (
            SELECT d.id, d.due_at FROM integrations_webhookdelivery d
            WHERE d.partner_id = w.partner_id AND d.state = 'pending' AND d.due_at <= v_now
            -- In the order of the index: by time alone, another partner's rows would be read.
            ORDER BY d.partner_id, d.due_at LIMIT greatest(p_slots - busy.slots, 0)
        ) oldest
        WHERE w.partner_id IS NOT NULL
        ORDER BY oldest.due_at LIMIT p_batch
    ), locked AS (
        SELECT d.id FROM integrations_webhookdelivery d
        -- An array: a join would be planned for a tenth of the table.
        WHERE d.id = ANY (ARRAY(SELECT id FROM due))
          -- Checked again under the lock: another worker may have claimed it meanwhile, and its
          -- attempt may even have failed and be waiting for its retry.
          AND d.state = 'pending' AND d.due_at <= v_now
        ORDER BY d.id FOR UPDATE OF d SKIP LOCKED
    )
    SELECT array_agg(id) INTO v_ids FROM locked;

    RETURN QUERY
    UPDATE integrations_webhookdelivery d
    SET due_at = v_until, lease_until = v_until, attempts_made = d.attempts_made + 1
    WHERE d.id = ANY (v_ids)
    RETURNING d.*;
END $$;
