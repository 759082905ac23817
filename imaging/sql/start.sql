-- Starts an operation: a live one reserves its points, a test one only writes its row.
-- The last three parameters are those of `billing_charge`.
CREATE OR REPLACE FUNCTION imaging_start(
    p_partner text, p_key text, p_is_test boolean, p_operation text, p_action text, p_mode text,
    p_aspect_ratio text, p_resolution text, p_file_token uuid, p_test_urls text[],
    p_lease_seconds int, p_holder text, p_client_request_id text, p_external_id text, p_metadata text,
    p_endpoint text,
    p_subject text DEFAULT NULL, p_points_per_day int DEFAULT NULL, p_points_per_month int DEFAULT NULL,
    OUT charged boolean, OUT tier text, OUT cost bigint, OUT balance bigint,
    OUT spending json
) LANGUAGE plpgsql AS $$
BEGIN
    IF p_is_test THEN
        PERFORM billing_count_usage(
            p_partner, accounts_local_time(p_partner, clock_timestamp())::date, p_key, p_action, p_mode,
            true, 1, 0, 0);
    ELSE
        SELECT c.charged, c.tier, c.cost, c.balance, c.spending
        INTO charged, tier, cost, balance, spending
        FROM billing_charge(
            p_partner, p_key, p_operation, p_action, p_mode, p_lease_seconds, p_holder,
            p_subject, p_points_per_day, p_points_per_month) c;
        IF NOT charged THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO imaging_imageoperation (
        id, partner_id, key_id, charge_id, action, requested_mode, mode, aspect_ratio, resolution,
        file_token, image_urls, failure, client_request_id, created_at,
        external_id, metadata, endpoint_id
    ) VALUES (
        p_operation, p_partner, p_key, CASE WHEN NOT p_is_test THEN p_operation END,
        p_action, p_mode, p_mode, p_aspect_ratio, p_resolution,
        p_file_token, CASE WHEN p_is_test THEN p_test_urls ELSE '{}' END, '', p_client_request_id,
        clock_timestamp(), p_external_id, p_metadata::jsonb, p_endpoint
    );
END $$;
