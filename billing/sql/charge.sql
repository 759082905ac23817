-- Reserves the points of one operation: oldest bucket first, one ledger line per bucket.
-- Every writer of points locks the partner's row first, so charges of one partner queue up
-- and no two of them see the same points. Points that are held for a dispute are not touched.
-- A caller that has just read the key gives its `rate_subject` and spend limits, which saves reading
-- them again. `balance` is that before the charge; `spending` is what `billing_read_spending` says if
-- a spend limit of the key is in the way.
CREATE OR REPLACE FUNCTION billing_charge(
    p_partner text, p_key text, p_operation text, p_action text, p_mode text,
    p_lease_seconds int, p_holder text,
    p_subject text DEFAULT NULL, p_points_per_day int DEFAULT NULL, p_points_per_month int DEFAULT NULL,
    OUT charged boolean, OUT tier text, OUT cost bigint, OUT balance bigint,
    OUT spending json
) LANGUAGE plpgsql AS $$
DECLARE
    v_fast_cost bigint;
    v_due bigint;
    v_taken bigint;
    v_now timestamptz;
    v_zone text;
    v_is_counted boolean;
    v_day date;
    v_number int := 0;
    b record;
BEGIN
    SELECT locked.time_zone, locked.has_spend_limits INTO v_zone, v_is_counted
    FROM accounts_lock_partner(p_partner) locked;
    v_now := clock_timestamp();

    SELECT q.tier, q.cost, q.fast_cost, q.balance INTO tier, cost, v_fast_cost, balance
    FROM billing_quote(p_partner, p_action, p_mode, v_now) q;
    charged := balance >= cost;
    IF NOT charged THEN
        RETURN;
    END IF;

    -- Counts the points against the key's spend limits, unless one would be exceeded. Should the
    -- clock be set back, they count in the later day until it comes again.
    IF v_is_counted THEN
        IF p_subject IS NULL THEN
            SELECT key.rate_subject, key.points_per_day, key.points_per_month
            INTO p_subject, p_points_per_day, p_points_per_month
            FROM accounts_apikey key WHERE key.partner_id = p_partner AND key.id = p_key;
        END IF;
        v_day := v_now AT TIME ZONE v_zone;
        LOOP
            UPDATE billing_keyspending
            SET day_points = day_points + cost, month_points = month_points + cost
            WHERE partner_id = p_partner AND subject = p_subject AND day >= v_day
              AND (day_points + cost <= 100::bigint * p_points_per_day OR p_points_per_day IS NULL)
              AND (month_points + cost <= 100::bigint * p_points_per_month OR p_points_per_month IS NULL);
            EXIT WHEN FOUND;
            CONTINUE WHEN billing_open_spending(p_partner, p_subject, v_day);
            charged := false;
            spending := billing_read_spending(p_partner, p_key, v_now);
            RETURN;
        END LOOP;
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
        SELECT id, remaining - held AS available FROM billing_pointbucket
        WHERE partner_id = p_partner AND remaining > held
        ORDER BY purchased_at, id FOR UPDATE
    LOOP
        v_taken := least(b.available, v_due);
        UPDATE billing_pointbucket SET remaining = remaining - v_taken
        WHERE partner_id = p_partner AND id = b.id;
        INSERT INTO billing_ledgerentry
            (id, partner_id, bucket_id, operation_id, kind, points, created_at)
        VALUES (left(p_operation, 21) || lpad(to_hex(v_number), 3, '0'),
                p_partner, b.id, p_operation, 'charge', -v_taken, v_now);
        v_number := v_number + 1;
        v_due := v_due - v_taken;
        EXIT WHEN v_due = 0;
    END LOOP;
END $$;
