-- Notes attempts and what follows from them: `p_attempts` is an array of objects with the members
-- of `attempt` below. `verdict` is "delivered", "failed" or "retry"; the last one with `wait` in
-- seconds. An event that ended meanwhile stays ended, and a failure counts only under the lease
-- that it was made under: after that the event belongs to a later attempt.
--
-- Each statement sees what was committed while the first one waited for its locks: an event that
-- was added to a stream in that time must not miss its turn.
CREATE OR REPLACE FUNCTION integrations_finish_attempts(p_attempts jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_ids text[];
BEGIN
    SELECT array_agg(held.id) INTO v_ids FROM (
        SELECT d.id FROM integrations_webhookdelivery d
        WHERE d.id IN (SELECT a ->> 'delivery' FROM jsonb_array_elements(p_attempts) a)
        ORDER BY d.id FOR UPDATE
    ) held;

    INSERT INTO integrations_webhookattempt
        (delivery_id, at, status, error, milliseconds, answer)
    SELECT delivery, at, status, error, milliseconds, answer
    FROM jsonb_to_recordset(p_attempts) AS attempt(
        delivery text, at timestamptz, status int, error text, milliseconds int, answer text)
    WHERE delivery = ANY (v_ids);

    UPDATE integrations_webhookdelivery d
    SET state = CASE verdict WHEN 'retry' THEN 'pending' ELSE verdict END,
        due_at = CASE verdict
            WHEN 'retry' THEN clock_timestamp() + make_interval(secs => wait) ELSE d.due_at END,
        ended_at = CASE verdict WHEN 'retry' THEN NULL ELSE clock_timestamp() END,
        lease_until = NULL
    FROM jsonb_to_recordset(p_attempts) AS attempt(
        delivery text, lease timestamptz, verdict text, wait float8)
    WHERE d.id = delivery AND d.state = 'pending'
      AND (verdict = 'delivered' OR d.lease_until = lease);

    UPDATE integrations_webhookdelivery d SET due_at = clock_timestamp()
    FROM integrations_webhookdelivery ended
    CROSS JOIN LATERAL (
        SELECT n.id FROM integrations_webhookdelivery n
        WHERE n.stream = ended.stream AND n.state = 'pending' ORDER BY n.position LIMIT 1
    ) following
    WHERE ended.id = ANY (v_ids) AND ended.state <> 'pending'
      AND d.id = following.id AND d.due_at IS NULL;
END $$;
