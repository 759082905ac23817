-- Reserves the points of one operation: oldest bucket first, one ledger line per bucket.
-- Every writer of points locks the partner's row first, so charges of one partner queue up
-- and no two of them see the same points. Points that are held for a dispute are not touched.
-- `limited_by` is the period of the key's spend limit that the charge would exceed, if any; then
-- `spend_limit` and `spent` are the figures of that period.
CREATE OR REPLACE FUNCTION billing_charge(
    p_partner text, p_key text, p_operation text, p_action text, p_mode text,
    p_lease_seconds int, p_holder text,
    OUT charged boolean, OUT tier text, OUT cost bigint, OUT balance bigint,
    OUT limited_by text, OUT spend_limit bigint, OUT spent bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_fast_cost bigint;
    v_due bigint;
    v_now timestamptz;
    v_day date;
    v_month date;
    v_day_spent bigint;
    v_month_spent bigint;
    v_number int := 0;
    s record;
    b record;
BEGIN
    PERFORM accounts_lock_partner(p_partner);
    v_now := clock_timestamp();

    SELECT q.tier, q.cost, q.fast_cost, q.balance INTO tier, cost, v_fast_cost, balance
    FROM billing_quote(p_partner, p_action, p_mode, v_now) q;
    charged := balance >= cost;
    IF NOT charged THEN
        RETURN;
    END IF;

    -- The rule of `billing_check_spending`: a call of it would take twice as long.
    SELECT key.rate_subject AS subject, key.points_per_day, key.points_per_month,
           spending.subject IS NOT NULL AS is_counted,
           spending.day, spending.day_points, spending.month, spending.month_points
    INTO s
    FROM accounts_apikey key
    LEFT JOIN billing_keyspending spending
        ON spending.partner_id = p_partner AND spending.subject = key.rate_subject
    WHERE key.partner_id = p_partner AND key.id = p_key;
    IF s.is_counted OR num_nonnulls(s.points_per_day, s.points_per_month) > 0 THEN
        v_day := accounts_local_time(p_partner, v_now);
        v_month := date_trunc('month', v_day);
        IF s.is_counted THEN
            v_day_spent := CASE WHEN s.day >= v_day THEN s.day_points ELSE 0 END;
            v_month_spent := CASE WHEN s.month >= v_month THEN s.month_points ELSE 0 END;
        ELSE
            SELECT started.day_spent, started.month_spent INTO v_day_spent, v_month_spent
            FROM billing_start_spending(p_partner, s.subject, v_day, v_month) started;
        END IF;
        limited_by := CASE
            WHEN v_month_spent + cost > 100::bigint * s.points_per_month THEN 'month'
            WHEN v_day_spent + cost > 100::bigint * s.points_per_day THEN 'day'
        END;
        IF limited_by IS NOT NULL THEN
            charged := false;
            spend_limit := 100::bigint
                * CASE limited_by WHEN 'day' THEN s.points_per_day ELSE s.points_per_month END;
            spent := CASE limited_by WHEN 'day' THEN v_day_spent ELSE v_month_spent END;
            RETURN;
        END IF;
        UPDATE billing_keyspending SET
            day = greatest(day, v_day), day_points = v_day_spent + cost,
            month = greatest(month, v_month), month_points = v_month_spent + cost
        WHERE partner_id = p_partner AND subject = s.subject;
    END IF;

    INSERT INTO billing_charge (
        id, partner_id, key_id, action, mode, tier_id, cost, fast_cost, refunded,
        state, holder, lease_until, created_at
    ) VALUES (
        p_operation, p_partner, p_key, p_action, p_mode, tier, cost, v_fast_cost, 0,
        'reserved', p_holder, v_now + make_interval(secs => p_lease_seconds), v_now
    );

    -- The id of an entry is that of its operation with the entry's number at the end, so that the
    -- ids of an operation sort as the points moved, and cost no random number.
    v_due := cost;
    FOR b IN
        SELECT id, remaining - held AS available, 0::bigint AS taken FROM billing_pointbucket
        WHERE partner_id = p_partner AND remaining > held
        ORDER BY purchased_at, id FOR UPDATE
    LOOP
        b.taken := least(b.available, v_due);
        UPDATE billing_pointbucket SET remaining = remaining - b.taken
        WHERE partner_id = p_partner AND id = b.id;
        INSERT INTO billing_ledgerentry
            (id, partner_id, bucket_id, operation_id, kind, points, created_at)
        VALUES (left(p_operation, 21) || lpad(to_hex(v_number), 3, '0'),
                p_partner, b.id, p_operation, 'charge', -b.taken, v_now);
        v_number := v_number + 1;
        v_due := v_due - b.taken;
        EXIT WHEN v_due = 0;
    END LOOP;
    balance := balance - cost;
END $$;
