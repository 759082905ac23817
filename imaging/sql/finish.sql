-- Ends an operation, once: `p_failure` is '' for a success, otherwise the reason for the refund.
-- `settled` is false if it had already ended; then no row changes. Processes of the release before
-- call it without the last parameter. Plans are kept, also those of what it calls: one for a known id
-- seems cheaper, as it reads one partition alone, but would be made anew for each call.
CREATE OR REPLACE FUNCTION imaging_finish(
    p_partner text, p_operation text, p_failure text, p_mode text, p_urls text[], p_processing_ms int,
    p_detail text, p_field text, p_has_thumbnail boolean DEFAULT false,
    OUT settled boolean, OUT cost bigint, OUT balance bigint
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_requested text;
BEGIN
    SELECT requested_mode INTO v_requested FROM imaging_imageoperation
    WHERE partner_id = p_partner AND id = p_operation;
    SELECT s.settled, s.cost, s.balance INTO settled, cost, balance
    FROM billing_settle(
        p_partner, p_operation,
        CASE WHEN p_failure = '' THEN 'succeeded' ELSE 'refunded' END,
        p_failure = '' AND v_requested = 'thinking' AND p_mode = 'fast') s;
    IF settled THEN
        UPDATE imaging_imageoperation SET
            mode = coalesce(p_mode, mode), failure = p_failure,
            image_urls = coalesce(p_urls, '{}'), processing_ms = p_processing_ms,
            failure_detail = p_detail, failure_field = p_field, has_thumbnail = p_has_thumbnail
        WHERE partner_id = p_partner AND id = p_operation;
    END IF;
END $$;
