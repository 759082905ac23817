-- Leases up to `p_batch` due events, the oldest first, and counts the attempt in advance.
--
-- A partner has at most `p_slots` attempts under way, so that a hanging receiver does not delay
-- the events of others. The cost does not depend on the number of waiting events: it steps
-- from partner to partner along an index, reading no more rows of each than it can lease. In a loop,
-- since a distributed PostgreSQL refuses recursive queries.
CREATE OR REPLACE FUNCTION integrations_claim_deliveries(
    p_batch int, p_slots int, p_lease_seconds float8
) RETURNS SETOF integrations_webhookdelivery LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_until timestamptz := v_now + make_interval(secs => p_lease_seconds);
    v_partner text := '';
    v_busy int;
    v_ids text[] := '{}';
    v_times timestamptz[] := '{}';
BEGIN
    LOOP
        SELECT d.partner_id INTO v_partner FROM integrations_webhookdelivery d
        WHERE d.state = 'pending' AND d.due_at IS NOT NULL AND d.partner_id > v_partner
        ORDER BY d.partner_id LIMIT 1;
        EXIT WHEN NOT FOUND;

        SELECT count(*) INTO v_busy FROM integrations_webhookdelivery d
        WHERE d.partner_id = v_partner AND d.state = 'pending' AND d.lease_until > v_now;

        SELECT v_ids || coalesce(array_agg(oldest.id), '{}'),
               v_times || coalesce(array_agg(oldest.due_at), '{}')
        INTO v_ids, v_times
        FROM (
            SELECT d.id, d.due_at FROM integrations_webhookdelivery d
            WHERE d.partner_id = v_partner AND d.state = 'pending' AND d.due_at <= v_now
            -- In the order of the index: by time alone, another partner's rows would be read.
            ORDER BY d.partner_id, d.due_at LIMIT greatest(p_slots - v_busy, 0)
        ) oldest;
    END LOOP;

    v_ids := ARRAY(
        SELECT due.id FROM unnest(v_ids, v_times) AS due(id, at) ORDER BY due.at LIMIT p_batch);

    WITH locked AS (
        SELECT d.id FROM integrations_webhookdelivery d
        WHERE d.id = ANY (v_ids)
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
