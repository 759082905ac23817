-- Adds the partitions of a table for the present period ('month' or 'year') and those until so many
-- months from now, and returns how many periods were missing. Partitions are ranges of ids, which
-- begin with their time. `p_with` are tables that are cut at the same ids, each after those that it
-- refers to. Rows that came before their partition and are in the default one move.
--
-- Runs as the tables' owner, because the serving role owns nothing; who may not insert into the
-- tables may not call it. It gives up a lock before PostgreSQL looks for a deadlock, of which a call
-- could be the victim. Workers of the release before give two parameters.
CREATE OR REPLACE FUNCTION accounts_add_partitions(
    p_table regclass, p_months int, p_period text DEFAULT 'month', p_with regclass[] DEFAULT '{}'
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
    v_tables regclass[] := p_table || p_with;
    v_table regclass;
    v_from text;
    v_until text;
    v_start timestamp;
    v_last timestamp;
    v_added int := 0;
BEGIN
    FOREACH v_table IN ARRAY v_tables LOOP
        IF NOT has_table_privilege(session_user, v_table, 'INSERT') THEN
            RAISE insufficient_privilege USING MESSAGE = 'permission denied for table ' || v_table;
        END IF;
    END LOOP;
    PERFORM pg_advisory_xact_lock(1886151540, p_table::oid::int);
    v_last := date_trunc(p_period, clock_timestamp() AT TIME ZONE 'UTC' + make_interval(months => p_months));

    SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([0-9a-f]+)''\)') COLLATE "C")
    INTO v_from FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = p_table;
    v_start := to_timestamp(('x' || v_from)::bit(32)::bigint) AT TIME ZONE 'UTC';

    WHILE v_start <= v_last LOOP
        v_until := lpad(to_hex(extract(epoch FROM
            (v_start + ('1 ' || p_period)::interval) AT TIME ZONE 'UTC')::bigint), 8, '0');
        PERFORM accounts_add_range(
            v_tables, to_char(v_start, CASE p_period WHEN 'year' THEN 'YYYY' ELSE 'YYYY_MM' END),
            v_from, v_until);
        v_added := v_added + 1;
        v_from := v_until;
        v_start := v_start + ('1 ' || p_period)::interval;
    END LOOP;
    RETURN v_added;
END $$;
