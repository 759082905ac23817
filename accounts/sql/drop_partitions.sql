-- Drops the partitions of a table whose ids all come before `p_before`, and returns how many.
-- The first one, which has no lower bound, and the default one stay.
--
-- Runs as the tables' owner, because the serving role owns nothing; who may not delete the rows may
-- not call it.
CREATE OR REPLACE FUNCTION accounts_drop_partitions(p_table regclass, p_before text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_partition regclass;
    v_dropped int := 0;
BEGIN
    IF NOT has_table_privilege(session_user, p_table, 'DELETE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied for table ' || p_table;
    END IF;
    FOR v_partition IN
        SELECT i.inhrelid FROM pg_inherits i
        CROSS JOIN LATERAL regexp_match(
            pg_get_expr((SELECT relpartbound FROM pg_class WHERE oid = i.inhrelid), i.inhrelid),
            'FROM \(''[0-9a-f]+''\) TO \(''([0-9a-f]+)''\)') bound
        WHERE i.inhparent = p_table AND bound[1] COLLATE "C" <= p_before
    LOOP
        EXECUTE format('DROP TABLE %s', v_partition);
        v_dropped := v_dropped + 1;
    END LOOP;
    RETURN v_dropped;
END $$;
