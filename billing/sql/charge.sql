-- Reserves the points of one operation: oldest bucket first, one ledger line per bucket.
-- Every writer of points locks the partner's row first, so charges of one partner queue up
-- and no two of them see the same points. Points that are held for a dispute are not touched.
-- `limited_by` is the period of the key's spend limit that the charge would exceed, if any; then
-- `spend_limit` and `spent` are the figures of that period.
CREATE OR REPLACE FUNCTION billing_charge(
    p_partner text, p_key text, p_operation text, p_action text, p_mode text,
    p_lease_seconds int, p_holder text,
    OUT charged boolean, OUT tier text, OUT cost bigint, OUT balance bigint,
    OUT limited_by text, OUT spend_limit bigint, OUT spent bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_fast_cost bigint;
    v_due bigint;
    v_now timestamptz;
    v_number int := 0;
    s record;
    b record;
BEGIN
    PERFORM accounts_lock_partner(p_partner);
    v_now := clock_timestamp();

    SELECT q.tier, q.cost, q.fast_cost, q.balance INTO tier, cost, v_fast_cost, balance
    FROM billing_quote(p_partner, p_action, p_mode, v_now) q;
    charged := balance >= cost;
    IF NOT charged THEN
        RETURN;
    END IF;

    SELECT * INTO s FROM billing_check_spending(p_partner, p_key, cost, v_now);
    IF s.limited_by IS NOT NULL THEN
        charged := false;
        limited_by := s.limited_by;
        spend_limit := CASE limited_by WHEN 'day' THEN s.day_limit ELSE s.month_limit END;
        spent := CASE limited_by WHEN 'day' THEN s.day_spent ELSE s.month_spent END;
        RETURN;
    END IF;
    IF s.is_counted OR num_nonnulls(s.day_limit, s.month_limit) > 0 THEN
        PERFORM billing_count_spending(
            p_partner, s.subject, s.is_counted, v_now, s.day_spent + cost, s.month_spent + cost);
    END IF;

    INSERT INTO billing_charge (
        id, partner_id, key_id, action, mode, tier_id, cost, fast_cost, refunded,
        state, holder, lease_until, created_at
    ) VALUES (
        p_operation, p_partner, p_key, p_action, p_mode, tier, cost, v_fast_cost, 0,
        'reserved', p_holder, v_now + make_interval(secs => p_lease_seconds), v_now
    );

    -- The id of an entry is that of its operation with the entry's number at the end, so that the
    -- ids of an operation sort as the points moved, and cost no random number.
    v_due := cost;
    FOR b IN
        SELECT id, remaining - held AS available, 0::bigint AS taken FROM billing_pointbucket
        WHERE partner_id = p_partner AND remaining > held
        ORDER BY purchased_at, id FOR UPDATE
    LOOP
        b.taken := least(b.available, v_due);
        UPDATE billing_pointbucket SET remaining = remaining - b.taken
        WHERE partner_id = p_partner AND id = b.id;
        INSERT INTO billing_ledgerentry
            (id, partner_id, bucket_id, operation_id, kind, points, created_at)
        VALUES (left(p_operation, 21) || lpad(to_hex(v_number), 3, '0'),
                p_partner, b.id, p_operation, 'charge', -b.taken, v_now);
        v_number := v_number + 1;
        v_due := v_due - b.taken;
        EXIT WHEN v_due = 0;
    END LOOP;
    balance := balance - cost;
END $$;
