-- A moment on the clocks of the partner's company, whose days and months all its figures follow.
CREATE OR REPLACE FUNCTION accounts_local_time(p_partner text, p_at timestamptz) RETURNS timestamp
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT p_at AT TIME ZONE time_zone FROM accounts_partner WHERE id = p_partner);
END $$;
