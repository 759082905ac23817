-- Ends a reservation: kept ('succeeded') or returned ('refunded'). The first caller decides;
-- `settled` is false for later ones. With `p_as_fast` a thinking call that fell back keeps
-- only what the fast mode cost when it was charged.
CREATE OR REPLACE FUNCTION billing_settle(
    p_partner text, p_operation text, p_state text, p_as_fast boolean,
    OUT settled boolean, OUT cost bigint, OUT balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    c billing_charge;
    v_zone text;
    v_is_counted boolean;
    v_day date;
    v_back bigint;
    v_now timestamptz;
BEGIN
    SELECT locked.time_zone, locked.has_spend_limits INTO v_zone, v_is_counted
    FROM accounts_lock_partner(p_partner) locked;
    PERFORM FROM billing_pointbucket
    WHERE partner_id = p_partner AND id IN (
        SELECT bucket_id FROM billing_ledgerentry
        WHERE partner_id = p_partner AND operation_id = p_operation
          AND id >= left(p_operation, 21) AND id < left(p_operation, 21) || 'g')
    ORDER BY purchased_at, id FOR UPDATE;
    v_now := clock_timestamp();
    UPDATE billing_charge charge SET
        state = p_state, settled_at = v_now,
        refunded = CASE
            WHEN p_state = 'refunded' THEN charge.cost
            WHEN p_as_fast THEN greatest(charge.cost - charge.fast_cost, 0)
            ELSE 0
        END
    WHERE charge.partner_id = p_partner AND charge.id = p_operation AND charge.state = 'reserved'
    RETURNING charge.* INTO c;

    settled := FOUND;
    IF NOT settled THEN
        RETURN;
    END IF;
    v_day := c.created_at AT TIME ZONE v_zone;
    v_back := c.refunded;
    IF v_back > 0 THEN
        PERFORM billing_reverse(p_partner, p_operation, v_back);
        IF v_is_counted THEN
            PERFORM billing_return_spending(p_partner, c.key_id, v_day, v_back);
        END IF;
    END IF;

    cost := c.cost - v_back;
    PERFORM billing_count_usage(
        p_partner, v_day, c.key_id, c.action,
        CASE WHEN p_as_fast THEN 'fast' ELSE c.mode END, false,
        (p_state = 'succeeded')::int, (p_state = 'refunded')::int, cost);
    SELECT coalesce(sum(remaining - held), 0) INTO balance
    FROM billing_pointbucket WHERE partner_id = p_partner AND remaining > held;
END $$;
