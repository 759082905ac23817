-- Adds the partitions of a table for this month and `p_months` more, and returns how many were
-- missing. Partitions are ranges of ids, which begin with their time. Rows that came before their
-- partition and are in the default one move.
--
-- Runs as the tables' owner, because the serving role owns nothing; who may not insert into the
-- table may not call it.
CREATE OR REPLACE FUNCTION accounts_add_partitions(p_table regclass, p_months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    v_default regclass;
    v_from text;
    v_until text;
    v_month timestamp;
    v_last timestamp;
    v_name text;
    v_added int := 0;
BEGIN
    IF NOT has_table_privilege(session_user, p_table, 'INSERT') THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied for table ' || p_table;
    END IF;
    PERFORM pg_advisory_xact_lock(1886151540, p_table::oid::int);
    v_last := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => p_months);

    SELECT partdefid INTO v_default FROM pg_partitioned_table WHERE partrelid = p_table;
    SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([0-9a-f]+)''\)') COLLATE "C")
    INTO v_from FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = p_table;
    v_month := to_timestamp(('x' || v_from)::bit(32)::bigint) AT TIME ZONE 'UTC';

    WHILE v_month <= v_last LOOP
        v_until := lpad(to_hex(extract(epoch FROM (v_month + interval '1 month') AT TIME ZONE 'UTC')::bigint), 8, '0');
        v_name := format('%s_%s', (SELECT relname FROM pg_class WHERE oid = p_table), to_char(v_month, 'YYYY_MM'));
        -- Or a row could come between the move and the new partition.
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', v_default);
        EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name, p_table);
        EXECUTE format(
            'INSERT INTO %I SELECT * FROM %s WHERE id >= %L AND id < %L', v_name, v_default, v_from, v_until);
        EXECUTE format('DELETE FROM %s WHERE id >= %L AND id < %L', v_default, v_from, v_until);
        EXECUTE format(
            'ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            p_table, v_name, v_from, v_until);
        v_added := v_added + 1;
        v_from := v_until;
        v_month := v_month + interval '1 month';
    END LOOP;
    RETURN v_added;
END $$;
