-- A trigger function: a bucket has one credit and settles debts once. These entries may be in different
-- partitions, over which no unique index reaches. The bucket is updated, not only locked, so that of
-- two transactions the second sees the entry of the first, or fails if its snapshot is older.
CREATE OR REPLACE FUNCTION billing_guard_single_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_is_second boolean;
BEGIN
    UPDATE billing_pointbucket SET original = original WHERE id = NEW.bucket_id;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'there is no bucket ' || NEW.bucket_id;
    END IF;
    IF NEW.kind = 'credit' THEN
        v_is_second := EXISTS (
            SELECT FROM billing_ledgerentry
            WHERE bucket_id = NEW.bucket_id AND kind = 'credit' AND id <> NEW.id);
    ELSE
        v_is_second := EXISTS (
            SELECT FROM billing_ledgerentry
            WHERE bucket_id = NEW.bucket_id AND kind = 'debt' AND id <> NEW.id);
    END IF;
    IF v_is_second THEN
        RAISE unique_violation USING
            MESSAGE = format('ledger_one_%s_per_bucket: bucket %s has one', NEW.kind, NEW.bucket_id),
            CONSTRAINT = format('ledger_one_%s_per_bucket', NEW.kind);
    END IF;
    RETURN NULL;
END $$;
