-- Gives a key its allowance back for refunded points, in the periods in which they were spent.
-- Periods that have passed need nothing back. The caller holds the lock.
CREATE OR REPLACE FUNCTION billing_return_spending(
    p_partner text, p_key text, p_spent_at timestamptz, p_points bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_day date := accounts_local_time(p_partner, p_spent_at);
    v_month date := date_trunc('month', v_day);
BEGIN
    UPDATE billing_keyspending SET
        day_points = day_points - CASE WHEN day = v_day THEN p_points ELSE 0 END,
        month_points = month_points - CASE WHEN month = v_month THEN p_points ELSE 0 END
    WHERE partner_id = p_partner AND subject = (
        SELECT key.rate_subject FROM accounts_apikey key
        WHERE key.partner_id = p_partner AND key.id = p_key);
END $$;
