-- Reverses `p_points` of an operation's charge, last entry first, so that what remains charged
-- is what a charge of the smaller cost would have taken. The caller holds the locks.
CREATE OR REPLACE FUNCTION billing_reverse(p_partner text, p_operation text, p_points bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_due bigint := p_points;
    v_part bigint;
    e record;
BEGIN
    -- A charge takes the buckets in the order of their purchase.
    FOR e IN
        SELECT l.id, l.bucket_id, -l.points AS drawn
        FROM billing_ledgerentry l
        JOIN billing_pointbucket b ON b.partner_id = l.partner_id AND b.id = l.bucket_id
        WHERE l.partner_id = p_partner AND l.operation_id = p_operation AND l.kind = 'charge'
        ORDER BY b.purchased_at DESC, b.id DESC
    LOOP
        EXIT WHEN v_due = 0;
        v_part := least(e.drawn, v_due);
        UPDATE billing_pointbucket SET remaining = remaining + v_part
        WHERE partner_id = p_partner AND id = e.bucket_id;
        INSERT INTO billing_ledgerentry
            (id, partner_id, bucket_id, operation_id, kind, points, reverses_id, created_at)
        VALUES (accounts_new_id(), p_partner, e.bucket_id, p_operation, 'reversal', v_part, e.id,
                clock_timestamp());
        v_due := v_due - v_part;
    END LOOP;
END $$;
