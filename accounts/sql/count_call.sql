-- Counts one call against the limits of a subject, or rejects it.
--
-- Sliding windows of 60 seconds and 24 hours. Calls are kept in slots of one second and ten
-- minutes; a slot leaves its window when its *latest* call does, so a window may hold a call
-- for up to one slot too long but never lets more than the limit through. The row lock makes
-- it exact across threads and processes. A rejected call is not counted.
CREATE OR REPLACE FUNCTION accounts_count_call(
    p_partner text, p_subject text, p_per_minute int, p_per_day int,
    OUT refused text,       -- null, 'minute' or 'day'
    OUT minute_left int, OUT minute_reset int,  -- calls; seconds until the oldest slot leaves
    OUT day_left int, OUT day_reset int,
    OUT retry_after int     -- seconds, if rejected
) LANGUAGE plpgsql AS $$
DECLARE
    w accounts_ratewindow;
    t double precision;
BEGIN
    SELECT * INTO w FROM accounts_ratewindow
    WHERE partner_id = p_partner AND subject = p_subject FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO accounts_ratewindow (
            partner_id, subject, minute_at, minute_calls, minute_total, day_at, day_calls, day_total
        ) VALUES (p_partner, p_subject, '{}', '{}', 0, '{}', '{}', 0) ON CONFLICT DO NOTHING;
        SELECT * INTO w FROM accounts_ratewindow
        WHERE partner_id = p_partner AND subject = p_subject FOR UPDATE;
    END IF;
    -- After the lock: a caller that waited must not count with a time from before its wait.
    t := extract(epoch FROM clock_timestamp());

    -- Without slots, the comparisons are null, which counts as false.
    WHILE w.minute_at[1] <= t - 60 LOOP
        w.minute_total := w.minute_total - w.minute_calls[1];
        w.minute_at := w.minute_at[2:];
        w.minute_calls := w.minute_calls[2:];
    END LOOP;
    WHILE w.day_at[1] <= t - 86400 LOOP
        w.day_total := w.day_total - w.day_calls[1];
        w.day_at := w.day_at[2:];
        w.day_calls := w.day_calls[2:];
    END LOOP;

    IF w.day_total >= p_per_day THEN
        refused := 'day';
        retry_after := accounts_seconds_until_room(
            w.day_at, w.day_calls, w.day_total - p_per_day, 86400, t);
    ELSIF w.minute_total >= p_per_minute THEN
        refused := 'minute';
        retry_after := accounts_seconds_until_room(
            w.minute_at, w.minute_calls, w.minute_total - p_per_minute, 60, t);
    ELSE
        IF floor(w.minute_at[cardinality(w.minute_at)]) = floor(t) THEN
            w.minute_at[cardinality(w.minute_at)] := t;
            w.minute_calls[cardinality(w.minute_calls)] :=
                w.minute_calls[cardinality(w.minute_calls)] + 1;
        ELSE
            w.minute_at := w.minute_at || t;
            w.minute_calls := w.minute_calls || 1;
        END IF;
        IF floor(w.day_at[cardinality(w.day_at)] / 600) = floor(t / 600) THEN
            w.day_at[cardinality(w.day_at)] := t;
            w.day_calls[cardinality(w.day_calls)] := w.day_calls[cardinality(w.day_calls)] + 1;
        ELSE
            w.day_at := w.day_at || t;
            w.day_calls := w.day_calls || 1;
        END IF;
        w.minute_total := w.minute_total + 1;
        w.day_total := w.day_total + 1;
        UPDATE accounts_ratewindow SET
            minute_at = w.minute_at, minute_calls = w.minute_calls, minute_total = w.minute_total,
            day_at = w.day_at, day_calls = w.day_calls, day_total = w.day_total
        WHERE partner_id = p_partner AND subject = p_subject;
    END IF;

    minute_left := greatest(p_per_minute - w.minute_total, 0);
    minute_reset := ceil(coalesce(w.minute_at[1], t) + 60 - t);
    day_left := greatest(p_per_day - w.day_total, 0);
    day_reset := ceil(coalesce(w.day_at[1], t) + 86400 - t);
END $$;
