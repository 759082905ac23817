-- Returns the spend limits of a key as a list, the longest period first, each with what was spent at
-- `p_at` in the company's day or month; empty for a key without limits. Points are those of the key
-- and of the keys rolled into one another.
CREATE OR REPLACE FUNCTION billing_read_spending(
    p_partner text, p_key text, p_at timestamptz, OUT spending json
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    s record;
BEGIN
    SELECT key.points_per_day, key.points_per_month, key.rate_subject AS subject,
           company.time_zone, local.day, local.month, counter.subject IS NOT NULL AS is_counted,
           CASE WHEN counter.day >= local.day THEN counter.day_points ELSE 0 END AS day_spent,
           CASE WHEN counter.month >= local.month THEN counter.month_points ELSE 0 END AS month_spent
    INTO s
    FROM accounts_apikey key
    JOIN accounts_partner company ON company.id = p_partner
    CROSS JOIN LATERAL (
        SELECT (p_at AT TIME ZONE company.time_zone)::date AS day,
               date_trunc('month', p_at AT TIME ZONE company.time_zone)::date AS month
    ) local
    LEFT JOIN billing_keyspending counter
        ON counter.partner_id = p_partner AND counter.subject = key.rate_subject
    WHERE key.partner_id = p_partner AND key.id = p_key;

    spending := '[]';
    IF num_nonnulls(s.points_per_day, s.points_per_month) = 0 THEN
        RETURN;
    END IF;
    IF NOT s.is_counted THEN
        SELECT summed.day_spent, summed.month_spent INTO s.day_spent, s.month_spent
        FROM billing_sum_spending(p_partner, s.subject, s.day, s.month) summed;
    END IF;
    SELECT json_agg(json_build_object(
        'period', each.period, 'limit', 100::bigint * each.points,
        'spent', each.spent, 'time_zone', s.time_zone))
    INTO spending
    FROM (VALUES ('month', s.points_per_month, s.month_spent), ('day', s.points_per_day, s.day_spent))
        AS each (period, points, spent)
    WHERE each.points IS NOT NULL;
END $$;
