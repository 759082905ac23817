-- Gives back `p_points` of an operation's draw, the last drawn line first, so that what stays
-- drawn is what a charge of the smaller cost would have drawn. The caller holds the locks.
DROP FUNCTION IF EXISTS billing_give_back;
CREATE FUNCTION billing_give_back(p_partner text, p_operation text, p_points bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_due bigint := p_points;
    v_part bigint;
    e record;
BEGIN
    -- Ledger ids grow with the draw's order.
    FOR e IN
        SELECT id, bucket_id, -points AS drawn FROM billing_ledgerentry
        WHERE operation_id = p_operation AND kind = 'charge' ORDER BY id DESC
    LOOP
        EXIT WHEN v_due = 0;
        v_part := least(e.drawn, v_due);
        UPDATE billing_pointbucket SET remaining = remaining + v_part WHERE id = e.bucket_id;
        INSERT INTO billing_ledgerentry
            (partner_id, bucket_id, operation_id, kind, points, reverses_id, created_at)
        VALUES (p_partner, e.bucket_id, p_operation, 'reversal', v_part, e.id, clock_timestamp());
        v_due := v_due - v_part;
    END LOOP;
END $$;

-- Counts a finished call on the day of its charge.
DROP FUNCTION IF EXISTS billing_count_usage;
CREATE FUNCTION billing_count_usage(
    p_partner text, p_day date, p_key text, p_action text, p_mode text, p_is_test boolean,
    p_succeeded int, p_failed int, p_points bigint
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO billing_dailyusage AS u
        (partner_id, day, key_id, action, mode, is_test, succeeded, failed, points)
    VALUES (p_partner, p_day, p_key, p_action, p_mode, p_is_test, p_succeeded, p_failed, p_points)
    ON CONFLICT (partner_id, day, key_id, action, mode) DO UPDATE SET
        succeeded = u.succeeded + p_succeeded,
        failed = u.failed + p_failed,
        points = u.points + p_points;
$$;

-- Ends a reservation: kept ('succeeded') or given back ('refunded'). The first to come decides;
-- `settled` is false for everyone after. With `p_as_fast` a thinking call that fell back keeps
-- only what the fast mode cost when it was charged.
DROP FUNCTION IF EXISTS billing_settle;
CREATE FUNCTION billing_settle(
    p_operation text, p_state text, p_as_fast boolean,
    OUT settled boolean, OUT cost bigint, OUT balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    c billing_charge;
    v_back bigint;
BEGIN
    SELECT * INTO c FROM billing_charge WHERE id = p_operation;
    PERFORM FROM accounts_partner WHERE id = c.partner_id FOR NO KEY UPDATE;
    PERFORM FROM billing_pointbucket
    WHERE id IN (SELECT bucket_id FROM billing_ledgerentry WHERE operation_id = p_operation)
    ORDER BY purchased_at, id FOR UPDATE;
    SELECT * INTO c FROM billing_charge WHERE id = p_operation FOR UPDATE;

    settled := coalesce(c.state = 'reserved', false);
    IF NOT settled THEN
        RETURN;
    END IF;
    v_back := CASE
        WHEN p_state = 'refunded' THEN c.cost
        WHEN p_as_fast THEN greatest(c.cost - c.fast_cost, 0)
        ELSE 0
    END;
    IF v_back > 0 THEN
        PERFORM billing_give_back(c.partner_id, p_operation, v_back);
    END IF;
    UPDATE billing_charge
    SET state = p_state, refunded = v_back, settled_at = clock_timestamp()
    WHERE id = p_operation;

    cost := c.cost - v_back;
    PERFORM billing_count_usage(
        c.partner_id, (c.created_at AT TIME ZONE 'UTC')::date, c.key_id, c.action,
        CASE WHEN p_as_fast THEN 'fast' ELSE c.mode END, false,
        (p_state = 'succeeded')::int, (p_state = 'refunded')::int, cost);
    SELECT coalesce(sum(remaining), 0) INTO balance
    FROM billing_pointbucket WHERE partner_id = c.partner_id AND remaining > 0;
END $$;
