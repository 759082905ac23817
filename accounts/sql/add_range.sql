-- Adds a partition for the ids from `p_from` up to, but without, `p_until` to each of the tables. Rows
-- of the range that are in a default partition move, past the triggers that refuse to delete any.
CREATE OR REPLACE FUNCTION accounts_add_range(
    p_tables regclass[], p_suffix text, p_from text, p_until text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_table regclass;
    v_name text;
    v_default text;
    v_has_rows boolean;
    v_moves boolean := false;
    v_reference record;
    v_again text[] := '{}';
BEGIN
    -- Until the rows of all tables have moved, some refer to others that are gone.
    SET CONSTRAINTS ALL DEFERRED;
    FOREACH v_table IN ARRAY p_tables LOOP
        v_name := accounts_partition_name(v_table, p_suffix);
        v_default := accounts_partition_name(v_table, 'default');
        -- Or a row could come between the move and the new partition.
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', v_default);
        EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name, v_table);
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE id >= %L AND id < %L)', v_default, p_from, p_until)
        INTO v_has_rows;
        CONTINUE WHEN NOT v_has_rows;
        v_moves := true;
        FOR v_reference IN
            SELECT conrelid::regclass AS source, conname AS name, pg_get_constraintdef(oid) AS definition
            FROM pg_constraint
            WHERE contype = 'f' AND confrelid = v_table AND conparentid = 0
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', v_reference.source, v_reference.name);
            v_again := v_again || format('ALTER TABLE %s ADD CONSTRAINT %I %s',
                v_reference.source, v_reference.name, v_reference.definition);
        END LOOP;
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', v_default);
        EXECUTE format(
            'INSERT INTO %s SELECT * FROM %s WHERE id >= %L AND id < %L', v_name, v_default, p_from, p_until);
        EXECUTE format('DELETE FROM %s WHERE id >= %L AND id < %L', v_default, p_from, p_until);
    END LOOP;
    IF v_moves THEN
        SET CONSTRAINTS ALL IMMEDIATE;
        SET CONSTRAINTS ALL DEFERRED;
    END IF;
    FOREACH v_table IN ARRAY p_tables LOOP
        IF v_moves THEN
            EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', accounts_partition_name(v_table, 'default'));
        END IF;
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
            v_table, accounts_partition_name(v_table, p_suffix), p_from, p_until);
        PERFORM accounts_complete_partition(v_table, 'default', p_suffix);
    END LOOP;
    FOR i IN 1 .. cardinality(v_again) LOOP
        EXECUTE v_again[i];
    END LOOP;
END $$;
