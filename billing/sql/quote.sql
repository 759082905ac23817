-- Returns an operation's tier and cost, and the balance (in hundredths), without held points.
-- Prices are those in force at `p_at`.
-- The oldest bucket with points sets the tier; without any, it is the first tier's price.
CREATE OR REPLACE FUNCTION billing_quote(
    p_partner text, p_action text, p_mode text, p_at timestamptz DEFAULT clock_timestamp(),
    OUT tier text, OUT cost bigint, OUT fast_cost bigint, OUT balance bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT (array_agg(b.tier_id ORDER BY b.purchased_at, b.id))[1],
           coalesce(sum(b.remaining - b.held), 0)
    INTO tier, balance
    FROM billing_pointbucket b
    WHERE b.partner_id = p_partner AND b.remaining > b.held;

    IF tier IS NULL THEN
        SELECT t.name INTO tier FROM billing_tier t ORDER BY t.position LIMIT 1;
    END IF;

    SELECT asked.points, fast.points INTO STRICT cost, fast_cost
    FROM billing_operationprice asked, billing_operationprice fast
    WHERE asked.tier_id = tier AND asked.action = p_action AND asked.mode = p_mode
      AND fast.tier_id = tier AND fast.action = p_action AND fast.mode = 'fast'
      AND asked.starts_at <= p_at AND fast.starts_at <= p_at
    ORDER BY asked.starts_at DESC, fast.starts_at DESC LIMIT 1;
END $$;
