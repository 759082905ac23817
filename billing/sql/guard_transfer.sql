-- A trigger function: what arrived never changes, and is booked or returned once.
CREATE OR REPLACE FUNCTION billing_guard_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'received'
        OR (OLD.id, OLD.partner_id, OLD.purchase_id, OLD.reference, OLD.amount_paise,
            OLD.received_on, OLD.recorded_by_id, OLD.recorded_at)
           IS DISTINCT FROM
           (NEW.id, NEW.partner_id, NEW.purchase_id, NEW.reference, NEW.amount_paise,
            NEW.received_on, NEW.recorded_by_id, NEW.recorded_at)
    THEN
        RAISE EXCEPTION 'bank transfer % never changes', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
