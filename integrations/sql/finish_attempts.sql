-- Stores attempts and their consequences. `p_attempts` is an array of objects with the members of
-- `attempt` below; `verdict` is "delivered", "failed", "gone" or "retry", the latter with `wait` in
-- seconds. An endpoint that is gone gets neither this event nor those that wait behind it, and its
-- receiver, the row of its URL, is disabled: what waits for the same URL fails as well.
-- The id of an attempt begins with the time of its event's, so that both are in the same partition.
-- An event that has ended stays so, and a failure counts only while the event still has the lease
-- of that attempt: otherwise it belongs to a later attempt.
--
-- Plans are kept: what is given changes none, and planning for each partition took longer than the work.
-- Each statement sees what was committed while the first one waited for its locks, so an event that
-- was added to a stream in that time is not overlooked.
CREATE OR REPLACE FUNCTION integrations_finish_attempts(p_attempts jsonb) RETURNS void
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_ids text[];
    v_now timestamptz;
BEGIN
    SELECT array_agg(held.id) INTO v_ids FROM (
        SELECT d.id FROM integrations_webhookdelivery d
        WHERE d.id IN (SELECT a ->> 'delivery' FROM jsonb_array_elements(p_attempts) a)
        ORDER BY d.id FOR UPDATE
    ) held;
    v_now := clock_timestamp();

    INSERT INTO integrations_webhookattempt
        (id, partner_id, delivery_id, at, status, error, milliseconds, response_body)
    SELECT left(delivery, 8) || substr(accounts_new_id(), 9), partner, delivery, at, status, error,
           milliseconds, response_body
    FROM jsonb_to_recordset(p_attempts) AS attempt(
        partner text, delivery text, at timestamptz, status int, error text, milliseconds int,
        response_body text)
    WHERE delivery = ANY (v_ids);

    UPDATE integrations_webhookdelivery d
    SET state = CASE verdict WHEN 'retry' THEN 'pending' WHEN 'gone' THEN 'failed' ELSE verdict END,
        due_at = CASE verdict
            WHEN 'retry' THEN v_now + make_interval(secs => wait) ELSE d.due_at END,
        ended_at = CASE verdict WHEN 'retry' THEN NULL ELSE v_now END,
        lease_until = NULL
    FROM jsonb_to_recordset(p_attempts) AS attempt(
        partner text, delivery text, lease timestamptz, verdict text, wait float8)
    WHERE d.partner_id = partner AND d.id = delivery AND d.state = 'pending'
      AND (verdict = 'delivered' OR d.lease_until = lease);

    UPDATE integrations_webhookdelivery d SET state = 'failed', ended_at = v_now
    FROM jsonb_to_recordset(p_attempts) AS attempt(partner text, delivery text, verdict text)
    JOIN integrations_webhookdelivery gone
      ON gone.partner_id = partner AND gone.id = delivery AND gone.ended_at = v_now
    WHERE verdict = 'gone' AND d.partner_id = partner AND d.stream = gone.stream
      AND d.endpoint_id = gone.endpoint_id AND d.state = 'pending'
      AND d.position > gone.position;

    UPDATE integrations_webhookendpoint e
    SET gone_at = CASE verdict WHEN 'gone' THEN v_now END
    FROM jsonb_to_recordset(p_attempts) AS attempt(partner text, delivery text, verdict text)
    JOIN integrations_webhookdelivery d
      ON d.partner_id = partner AND d.id = delivery AND d.ended_at = v_now
    WHERE e.partner_id = partner AND e.id = d.endpoint_id
      AND (verdict = 'gone' OR (verdict = 'delivered' AND e.gone_at IS NOT NULL));

    -- What enables a receiver that had answered 410 does so for all of its endpoints.
    UPDATE integrations_webhookendpoint e SET gone_at = NULL
    FROM jsonb_to_recordset(p_attempts) AS attempt(partner text, delivery text, verdict text)
    JOIN integrations_webhookdelivery d ON d.partner_id = partner AND d.id = delivery
    JOIN integrations_webhookendpoint own ON own.partner_id = partner AND own.id = d.endpoint_id
    JOIN integrations_webhookreceiver r
      ON r.partner_id = partner AND md5(r.url) = md5(own.url) AND r.disabled_at IS NOT NULL
    WHERE verdict = 'delivered' AND e.partner_id = partner AND e.url = own.url
      AND e.gone_at IS NOT NULL;

    -- Only when it starts to fail, recovers or is gone: otherwise each attempt would wait for the
    -- others.
    UPDATE integrations_webhookreceiver r
    SET failing_since = CASE
            WHEN change.recovers THEN NULL ELSE coalesce(r.failing_since, change.at) END,
        disabled_at = CASE
            WHEN change.recovers THEN NULL WHEN change.is_gone THEN v_now ELSE r.disabled_at END
    FROM (
        SELECT r.id, said.recovers, said.is_gone, said.at
        FROM (
            SELECT d.partner_id, e.url, bool_or(verdict = 'delivered') AS recovers, min(at) AS at,
                   bool_or(verdict = 'gone' AND d.ended_at = v_now) AS is_gone
            FROM jsonb_to_recordset(p_attempts) AS attempt(
                partner text, delivery text, at timestamptz, verdict text)
            JOIN integrations_webhookdelivery d ON d.partner_id = partner AND d.id = delivery
            JOIN integrations_webhookendpoint e
              ON e.partner_id = partner AND e.id = d.endpoint_id
            GROUP BY d.partner_id, e.url
        ) said
        JOIN integrations_webhookreceiver r
          ON r.partner_id = said.partner_id AND md5(r.url) = md5(said.url)
        WHERE said.recovers = (r.failing_since IS NOT NULL OR r.disabled_at IS NOT NULL)
           OR (said.is_gone AND r.disabled_at IS NULL)
        ORDER BY r.id FOR UPDATE OF r
    ) change
    WHERE r.id = change.id;

    -- What another transaction holds is under way or was just added: a 410 of its own ends it.
    UPDATE integrations_webhookdelivery d SET state = 'failed', ended_at = v_now
    WHERE d.id IN (
        SELECT w.id
        FROM (SELECT DISTINCT partner
              FROM jsonb_to_recordset(p_attempts) AS attempt(partner text, verdict text)
              WHERE verdict = 'gone') said
        JOIN integrations_webhookreceiver r
          ON r.partner_id = said.partner AND r.disabled_at = v_now
        JOIN integrations_webhookdelivery w
          ON w.partner_id = r.partner_id AND w.state = 'pending' AND w.lease_until IS NULL
        JOIN integrations_webhookendpoint e
          ON e.partner_id = w.partner_id AND e.id = w.endpoint_id AND e.url = r.url
        FOR UPDATE OF w SKIP LOCKED
    );

    UPDATE integrations_webhookdelivery d SET due_at = v_now
    FROM integrations_webhookdelivery ended
    CROSS JOIN LATERAL (
        SELECT n.id FROM integrations_webhookdelivery n
        WHERE n.partner_id = ended.partner_id AND n.stream = ended.stream
          AND n.endpoint_id = ended.endpoint_id AND n.state = 'pending'
        ORDER BY n.position LIMIT 1
    ) following
    WHERE ended.id = ANY (v_ids) AND ended.state <> 'pending'
      AND d.partner_id = ended.partner_id AND d.id = following.id AND d.due_at IS NULL;
END $$;
