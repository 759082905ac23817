-- A trigger function: prices are added ahead of time and never change. One that has started stays,
-- so that the price of any past call or order can be told.
CREATE OR REPLACE FUNCTION billing_guard_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.starts_at >= now() THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.starts_at > clock_timestamp() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'prices start in the future and never change'
        USING ERRCODE = 'restrict_violation';
END $$;
