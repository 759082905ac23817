-- A trigger function for tables that only ever grow. A partition is called by its table's name.
CREATE OR REPLACE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', coalesce(pg_partition_root(TG_RELID), TG_RELID::regclass), TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
