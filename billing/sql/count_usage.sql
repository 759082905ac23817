-- Counts a finished call on the day of its charge.
CREATE OR REPLACE FUNCTION billing_count_usage(
    p_partner text, p_day date, p_key text, p_action text, p_mode text, p_is_test boolean,
    p_succeeded int, p_failed int, p_points bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOOP
        UPDATE billing_dailyusage SET
            succeeded = succeeded + p_succeeded,
            failed = failed + p_failed,
            points = points + p_points
        WHERE partner_id = p_partner AND day = p_day AND key_id = p_key AND action = p_action
          AND mode = p_mode;
        EXIT WHEN FOUND;
        -- The first call of a day is rare: the others need no id for a row that is not inserted.
        INSERT INTO billing_dailyusage
            (id, partner_id, day, key_id, action, mode, is_test, succeeded, failed, points)
        VALUES (accounts_new_id(), p_partner, p_day, p_key, p_action, p_mode, p_is_test, 0, 0, 0)
        ON CONFLICT (partner_id, day, key_id, action, mode) DO NOTHING;
    END LOOP;
END $$;
