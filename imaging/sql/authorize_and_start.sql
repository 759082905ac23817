-- Authorizes a caller and starts its operation, in one round trip. `p_start_in` names the
-- environments in which the operation starts at once; in the others the caller first downloads
-- its inputs and only gets a quote. `started` says which happened; `charged` is null without a
-- charge.
CREATE OR REPLACE FUNCTION imaging_authorize_and_start(
    p_secret_hash bytea, p_environments text[], p_address inet, p_permission text,
    p_start_in text[], p_operation text, p_action text, p_mode text, p_aspect_ratio text,
    p_resolution text, p_file_token uuid, p_test_urls text[], p_lease_seconds int, p_holder text,
    p_client_request_id text, p_external_id text, p_metadata text,
    OUT denied_by text, OUT partner_id text, OUT partner_name text, OUT key_id text,
    OUT environment text, OUT per_minute int, OUT per_day int,
    OUT minute_left int, OUT minute_reset int, OUT day_left int, OUT day_reset int,
    OUT retry_after int,
    OUT started boolean, OUT charged boolean, OUT tier text, OUT cost bigint, OUT balance bigint,
    OUT spending json
) LANGUAGE plpgsql AS $$
DECLARE
    v_subject text;
    v_points_per_day int;
    v_points_per_month int;
BEGIN
    SELECT a.denied_by, a.partner_id, a.partner_name, a.key_id, a.environment,
           a.per_minute, a.per_day, a.minute_left, a.minute_reset, a.day_left, a.day_reset, a.retry_after,
           a.rate_subject, a.points_per_day, a.points_per_month
    INTO denied_by, partner_id, partner_name, key_id, environment, per_minute, per_day,
         minute_left, minute_reset, day_left, day_reset, retry_after,
         v_subject, v_points_per_day, v_points_per_month
    FROM accounts_authorize(p_secret_hash, p_environments, p_address, p_permission) a;
    IF denied_by IS NOT NULL THEN
        RETURN;
    END IF;

    started := environment = ANY (p_start_in);
    IF started THEN
        SELECT s.charged, s.tier, s.cost, s.balance, s.spending
        INTO charged, tier, cost, balance, spending
        FROM imaging_start(
            partner_id, key_id, environment = 'test', p_operation, p_action, p_mode,
            p_aspect_ratio, p_resolution, p_file_token, p_test_urls, p_lease_seconds, p_holder,
            p_client_request_id, p_external_id, p_metadata, NULL,
            v_subject, v_points_per_day, v_points_per_month) s;
    ELSIF environment = 'live' THEN
        SELECT q.tier, q.cost, q.balance INTO tier, cost, balance
        FROM billing_quote(partner_id, p_action, p_mode) q;
        spending := billing_read_spending(partner_id, key_id, clock_timestamp());
    END IF;
END $$;
