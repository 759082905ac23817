-- Reverses `p_points` of an operation's charge, last entry first, so that what remains charged
-- is what a charge of the smaller cost would have taken. A bucket whose payment was refunded keeps
-- nothing of it that it still owes. The caller holds the locks, and sets how plans are made.
CREATE OR REPLACE FUNCTION billing_reverse(p_partner text, p_operation text, p_points bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_due bigint := p_points;
    v_part bigint;
    v_owed bigint;
    -- The ids of reversals follow those of the charge's entries.
    v_number int := 2048;
    e record;
BEGIN
    FOR e IN
        SELECT id, bucket_id, -points AS drawn FROM billing_ledgerentry
        WHERE partner_id = p_partner AND kind = 'charge'
          AND id >= left(p_operation, 21) AND id < left(p_operation, 21) || 'g'
        ORDER BY id DESC
    LOOP
        EXIT WHEN v_due = 0;
        v_part := least(e.drawn, v_due);
        UPDATE billing_pointbucket SET remaining = remaining + v_part
        WHERE partner_id = p_partner AND id = e.bucket_id
        RETURNING least(owed, v_part) INTO v_owed;
        INSERT INTO billing_ledgerentry
            (id, partner_id, bucket_id, operation_id, kind, points, reverses_id, created_at)
        VALUES (left(p_operation, 21) || lpad(to_hex(v_number), 3, '0'),
                p_partner, e.bucket_id, p_operation, 'reversal', v_part, e.id, clock_timestamp());
        v_number := v_number + 1;
        IF v_owed > 0 THEN
            UPDATE billing_pointbucket
            SET remaining = remaining - v_owed, taken = taken + v_owed, owed = owed - v_owed
            WHERE partner_id = p_partner AND id = e.bucket_id;
            INSERT INTO billing_ledgerentry
                (id, partner_id, bucket_id, kind, points, created_at)
            VALUES (left(p_operation, 21) || lpad(to_hex(v_number), 3, '0'),
                    p_partner, e.bucket_id, 'refund', -v_owed, clock_timestamp());
            v_number := v_number + 1;
        END IF;
        v_due := v_due - v_part;
    END LOOP;
END $$;
