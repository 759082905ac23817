-- Ends a reservation: kept ('succeeded') or returned ('refunded'). The first caller decides;
-- `settled` is false for later ones. With `p_as_fast` a thinking call that fell back keeps
-- only what the fast mode cost when it was charged.
CREATE OR REPLACE FUNCTION billing_settle(
    p_partner text, p_operation text, p_state text, p_as_fast boolean,
    OUT settled boolean, OUT cost bigint, OUT balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    c billing_charge;
    v_back bigint;
    v_now timestamptz;
BEGIN
    PERFORM accounts_lock_partner(p_partner);
    PERFORM FROM billing_pointbucket
    WHERE partner_id = p_partner AND id IN (
        SELECT bucket_id FROM billing_ledgerentry
        WHERE partner_id = p_partner AND operation_id = p_operation)
    ORDER BY purchased_at, id FOR UPDATE;
    SELECT * INTO c FROM billing_charge
    WHERE partner_id = p_partner AND id = p_operation FOR UPDATE;

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
        PERFORM billing_reverse(p_partner, p_operation, v_back);
        PERFORM billing_return_spending(p_partner, c.key_id, c.created_at, v_back);
    END IF;
    v_now := clock_timestamp();
    UPDATE billing_charge SET state = p_state, refunded = v_back, settled_at = v_now
    WHERE partner_id = p_partner AND id = p_operation;

    cost := c.cost - v_back;
    PERFORM billing_count_usage(
        p_partner, accounts_local_time(p_partner, c.created_at)::date, c.key_id, c.action,
        CASE WHEN p_as_fast THEN 'fast' ELSE c.mode END, false,
        (p_state = 'succeeded')::int, (p_state = 'refunded')::int, cost);
    SELECT coalesce(sum(remaining - held), 0) INTO balance
    FROM billing_pointbucket WHERE partner_id = p_partner AND remaining > held;
END $$;
