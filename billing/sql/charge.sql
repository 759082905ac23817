-- Which tier would an operation be charged at, what would it cost, what is there (hundredths).
-- The oldest bucket with points sets the tier; without any, it is the first tier's price.
DROP FUNCTION IF EXISTS billing_quote;
CREATE FUNCTION billing_quote(
    p_partner text, p_action text, p_mode text,
    OUT tier text, OUT cost bigint, OUT fast_cost bigint, OUT balance bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT (array_agg(b.tier_id ORDER BY b.purchased_at, b.id))[1], coalesce(sum(b.remaining), 0)
    INTO tier, balance
    FROM billing_pointbucket b
    WHERE b.partner_id = p_partner AND b.remaining > 0;

    IF tier IS NULL THEN
        SELECT t.name INTO tier FROM billing_tier t ORDER BY t.position LIMIT 1;
    END IF;

    SELECT asked.points, fast.points INTO STRICT cost, fast_cost
    FROM billing_operationprice asked
    JOIN billing_operationprice fast
      ON fast.tier_id = asked.tier_id AND fast.action = asked.action AND fast.mode = 'fast'
    WHERE asked.tier_id = tier AND asked.action = p_action AND asked.mode = p_mode;
END $$;

-- Reserves the points of one operation: oldest bucket first, one ledger line per bucket.
-- Every writer of points locks the partner's row first, so charges of one partner queue up
-- and no two of them see the same points.
DROP FUNCTION IF EXISTS billing_charge;
CREATE FUNCTION billing_charge(
    p_partner text, p_key text, p_operation text, p_action text, p_mode text,
    p_lease_seconds int, p_holder text,
    OUT charged boolean, OUT tier text, OUT cost bigint, OUT balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_fast_cost bigint;
    v_due bigint;
    v_now timestamptz;
    b record;
BEGIN
    PERFORM FROM accounts_partner WHERE id = p_partner FOR NO KEY UPDATE;
    v_now := clock_timestamp();

    SELECT q.tier, q.cost, q.fast_cost, q.balance INTO tier, cost, v_fast_cost, balance
    FROM billing_quote(p_partner, p_action, p_mode) q;
    charged := balance >= cost;
    IF NOT charged THEN
        RETURN;
    END IF;

    INSERT INTO billing_charge (
        id, partner_id, key_id, action, mode, tier_id, cost, fast_cost, refunded,
        state, holder, lease_until, created_at
    ) VALUES (
        p_operation, p_partner, p_key, p_action, p_mode, tier, cost, v_fast_cost, 0,
        'reserved', p_holder, v_now + make_interval(secs => p_lease_seconds), v_now
    );

    v_due := cost;
    FOR b IN
        SELECT id, remaining, 0::bigint AS taken FROM billing_pointbucket
        WHERE partner_id = p_partner AND remaining > 0
        ORDER BY purchased_at, id FOR UPDATE
    LOOP
        b.taken := least(b.remaining, v_due);
        UPDATE billing_pointbucket SET remaining = remaining - b.taken WHERE id = b.id;
        INSERT INTO billing_ledgerentry
            (partner_id, bucket_id, operation_id, kind, points, created_at)
        VALUES (p_partner, b.id, p_operation, 'charge', -b.taken, v_now);
        v_due := v_due - b.taken;
        EXIT WHEN v_due = 0;
    END LOOP;
    balance := balance - cost;
END $$;
