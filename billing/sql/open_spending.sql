-- Creates the counter of a subject, with what its keys have spent so far. The caller holds the
-- lock.
CREATE OR REPLACE FUNCTION billing_start_spending(
    p_partner text, p_subject text, p_day date, p_month date,
    OUT day_spent bigint, OUT month_spent bigint
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.day_spent, s.month_spent INTO day_spent, month_spent
    FROM billing_sum_spending(p_partner, p_subject, p_day, p_month) s;
    INSERT INTO billing_keyspending (subject, partner_id, day, day_points, month, month_points)
    VALUES (p_subject, p_partner, p_day, day_spent, p_month, month_spent);
END $$;
