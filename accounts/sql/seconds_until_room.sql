-- Seconds until enough of the oldest slots have left for one more call; `p_over` is by how much
-- the window already exceeds its limit (above zero after the limit was lowered).
CREATE OR REPLACE FUNCTION accounts_seconds_until_room(
    p_at double precision[], p_calls int[], p_over int, p_window int, p_now double precision
) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    leaving int := 0;
BEGIN
    FOR i IN 1 .. cardinality(p_at) LOOP
        leaving := leaving + p_calls[i];
        IF leaving > p_over THEN
            RETURN greatest(ceil(p_at[i] + p_window - p_now), 1);
        END IF;
    END LOOP;
    RETURN p_window;
END $$;
