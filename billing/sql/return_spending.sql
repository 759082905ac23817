-- Gives a key its allowance back for refunded points, in the day and month in which they were spent.
-- Periods that have passed need nothing back. The caller holds the lock.
CREATE OR REPLACE FUNCTION billing_return_spending(
    p_partner text, p_key text, p_day date, p_points bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_month date := date_trunc('month', p_day);
BEGIN
    UPDATE billing_keyspending SET
        day_points = day_points - CASE WHEN day = p_day THEN p_points ELSE 0 END,
        month_points = month_points - CASE WHEN month = v_month THEN p_points ELSE 0 END
    WHERE partner_id = p_partner AND subject = (
        SELECT key.rate_subject FROM accounts_apikey key
        WHERE key.partner_id = p_partner AND key.id = p_key);
END $$;
