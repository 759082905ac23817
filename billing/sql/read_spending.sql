-- Checks whether a key may spend `p_cost` more at `p_at`. `limited_by` is null if it may, else the
-- longest period whose limit it would exceed: 'month' or 'day' of the company's zone. Spending is that of the key
-- and of the keys rolled into one another; `is_counted` says that they have a counter already.
CREATE OR REPLACE FUNCTION billing_check_spending(
    p_partner text, p_key text, p_cost bigint, p_at timestamptz,
    OUT limited_by text, OUT subject text, OUT is_counted boolean,
    OUT day_limit bigint, OUT month_limit bigint, OUT day_spent bigint, OUT month_spent bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_day date;
    v_month date;
BEGIN
    -- Should the clock be set back, points count in the later period until it comes again.
    SELECT local.day, local.month, key.rate_subject, spending.subject IS NOT NULL,
           100::bigint * key.points_per_day, 100::bigint * key.points_per_month,
           CASE WHEN spending.day >= local.day THEN spending.day_points ELSE 0 END,
           CASE WHEN spending.month >= local.month THEN spending.month_points ELSE 0 END
    INTO v_day, v_month, subject, is_counted, day_limit, month_limit, day_spent, month_spent
    FROM accounts_apikey key
    JOIN accounts_partner company ON company.id = p_partner
    CROSS JOIN LATERAL (
        SELECT (p_at AT TIME ZONE company.time_zone)::date AS day,
               date_trunc('month', p_at AT TIME ZONE company.time_zone)::date AS month
    ) local
    LEFT JOIN billing_keyspending spending
        ON spending.partner_id = p_partner AND spending.subject = key.rate_subject
    WHERE key.partner_id = p_partner AND key.id = p_key;

    IF NOT is_counted AND num_nonnulls(day_limit, month_limit) > 0 THEN
        SELECT s.day_spent, s.month_spent INTO day_spent, month_spent
        FROM billing_sum_spending(p_partner, subject, v_day, v_month) s;
    END IF;
    limited_by := CASE
        WHEN month_spent + p_cost > month_limit THEN 'month'
        WHEN day_spent + p_cost > day_limit THEN 'day'
    END;
END $$;
