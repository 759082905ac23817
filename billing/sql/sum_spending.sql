-- Sums what keys have spent since the beginning of a month: finished calls net of refunds, and
-- reservations. A counter goes on from there.
CREATE OR REPLACE FUNCTION billing_sum_spending(
    p_partner text, p_subject text, p_day date, p_month date,
    OUT day_spent bigint, OUT month_spent bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_keys text[] := ARRAY(SELECT key.id FROM accounts_apikey key
                           WHERE key.partner_id = p_partner AND key.rate_subject = p_subject);
BEGIN
    SELECT coalesce(sum(spent.points) FILTER (WHERE spent.day = p_day), 0),
           coalesce(sum(spent.points), 0)
    INTO day_spent, month_spent
    FROM (
        SELECT u.day, u.points FROM billing_dailyusage u
        WHERE u.partner_id = p_partner AND u.day >= p_month AND u.key_id = ANY (v_keys)
        UNION ALL
        SELECT accounts_local_time(p_partner, c.created_at)::date, c.cost FROM billing_charge c
        WHERE c.partner_id = p_partner AND c.state = 'reserved' AND c.key_id = ANY (v_keys)
          AND accounts_local_time(p_partner, c.created_at) >= p_month
    ) spent;
END $$;
