-- Sets what the keys of a subject have spent in the periods of `p_at`. The caller holds the lock.
CREATE OR REPLACE FUNCTION billing_count_spending(
    p_partner text, p_subject text, p_is_counted boolean, p_at timestamptz,
    p_day_spent bigint, p_month_spent bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_day date := accounts_local_time(p_partner, p_at);
    v_month date := date_trunc('month', v_day);
BEGIN
    IF p_is_counted THEN
        UPDATE billing_keyspending SET
            day = greatest(day, v_day), day_points = p_day_spent,
            month = greatest(month, v_month), month_points = p_month_spent
        WHERE partner_id = p_partner AND subject = p_subject;
    ELSE
        INSERT INTO billing_keyspending
            (subject, partner_id, day, day_points, month, month_points)
        VALUES (p_subject, p_partner, v_day, p_day_spent, v_month, p_month_spent);
    END IF;
END $$;
