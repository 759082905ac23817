-- A trigger function: an operation never leaves a final state.
CREATE OR REPLACE FUNCTION billing_refuse_second_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'charge % has already ended as %', OLD.id, OLD.state
        USING ERRCODE = 'restrict_violation';
END $$;
