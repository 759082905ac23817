-- A trigger function: an invoice never changes, except that its encrypted column may be encrypted
-- again with a new key.
CREATE OR REPLACE FUNCTION billing_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'encrypted_buyer' IS DISTINCT FROM to_jsonb(NEW) - 'encrypted_buyer' THEN
        RAISE EXCEPTION 'invoice %/% never changes', OLD.series, OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
