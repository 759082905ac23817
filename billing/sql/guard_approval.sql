-- A trigger function: what was asked for never changes, and a decision is made and carried out once.
CREATE OR REPLACE FUNCTION billing_guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.partner_id, OLD.kind, OLD.points, OLD.reason, OLD.tier_id, OLD.purchase_id,
        OLD.payment_id, OLD.is_unspent_only, OLD.requested_by_id, OLD.requested_at, OLD.expires_at)
       IS DISTINCT FROM
       (NEW.id, NEW.partner_id, NEW.kind, NEW.points, NEW.reason, NEW.tier_id, NEW.purchase_id,
        NEW.payment_id, NEW.is_unspent_only, NEW.requested_by_id, NEW.requested_at, NEW.expires_at)
       OR OLD.bucket_id IS NOT NULL AND OLD.bucket_id IS DISTINCT FROM NEW.bucket_id
    THEN
        RAISE EXCEPTION 'what approval % is about never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'pending' AND (OLD.carried_out_at IS NOT NULL
        OR (OLD.state, OLD.decided_by_id, OLD.decided_at, OLD.decision_note, OLD.is_single)
           IS DISTINCT FROM
           (NEW.state, NEW.decided_by_id, NEW.decided_at, NEW.decision_note, NEW.is_single))
    THEN
        RAISE EXCEPTION 'approval % has been decided', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
