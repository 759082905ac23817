-- A trigger function: a charge never leaves a final state.
CREATE OR REPLACE FUNCTION billing_guard_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'charge % has already ended as %', OLD.id, OLD.state
        USING ERRCODE = 'restrict_violation';
END $$;
