-- The owners of a table's rows, each once. It steps from one to the next along an index that begins
-- with the owner, so the number of rows does not matter. In a loop, since a distributed PostgreSQL
-- refuses recursive queries.
CREATE OR REPLACE FUNCTION accounts_owners_of(p_table regclass) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    v_owner text := '';
BEGIN
    LOOP
        EXECUTE format(
            'SELECT partner_id FROM %s WHERE partner_id > $1 ORDER BY partner_id LIMIT 1', p_table)
        INTO v_owner USING v_owner;
        EXIT WHEN v_owner IS NULL;
        RETURN NEXT v_owner;
    END LOOP;
END $$;
