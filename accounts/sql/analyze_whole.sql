-- Refreshes what the planner knows of a partitioned table as a whole: autovacuum sees to its
-- partitions alone. Before PostgreSQL 18, that reads a sample of each partition, too.
--
-- Runs as the table's owner, because the serving role owns nothing; who may not insert into the table
-- may not call it. It waits for no lock.
CREATE OR REPLACE FUNCTION accounts_analyze_whole(p_table regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT has_table_privilege(session_user, p_table, 'INSERT') THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied for table ' || p_table;
    END IF;
    EXECUTE format('ANALYZE (SKIP_LOCKED) %s %s',
        CASE WHEN current_setting('server_version_num')::int >= 180000 THEN 'ONLY' END, p_table);
END $$;
