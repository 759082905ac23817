-- Opens the counter of keys for a day, with what the books say they have spent. Returns false if it
-- counts that day already. The caller holds the lock.
CREATE OR REPLACE FUNCTION billing_open_spending(p_partner text, p_subject text, p_day date)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_month date := date_trunc('month', p_day);
BEGIN
    IF EXISTS (SELECT FROM billing_keyspending
               WHERE partner_id = p_partner AND subject = p_subject AND day >= p_day) THEN
        RETURN false;
    END IF;
    INSERT INTO billing_keyspending (subject, partner_id, day, day_points, month, month_points)
    SELECT p_subject, p_partner, p_day, summed.day_spent, v_month, summed.month_spent
    FROM billing_sum_spending(p_partner, p_subject, p_day, v_month) summed
    ON CONFLICT (subject) DO UPDATE SET
        day = EXCLUDED.day, day_points = EXCLUDED.day_points,
        month = EXCLUDED.month, month_points = EXCLUDED.month_points;
    RETURN true;
END $$;
