-- Drops the months of events, with their attempts, whose ids all come before `p_before`, and returns
-- how many. A month stays while one of its events is pending or has ended since `p_ended`, and while
-- one in another month is pending in a stream of it.
--
-- Runs as the tables' owner, because the serving role owns nothing; who may not delete the rows may
-- not call it. All rows are read before the tables are locked: what is sent again and ends in that
-- time goes with its month. It gives up a lock before PostgreSQL looks for a deadlock, of which a
-- dispatcher could be the victim.
CREATE OR REPLACE FUNCTION integrations_drop_deliveries(p_before text, p_ended timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
    v_events regclass := 'integrations_webhookdelivery';
    v_month regclass;
    v_suffix text;
    v_is_needed boolean;
    v_dropped int := 0;
BEGIN
    IF NOT has_table_privilege(session_user, v_events, 'DELETE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied for table ' || v_events;
    END IF;
    FOR v_month, v_suffix IN
        SELECT c.oid, right(c.relname, -length(v_events::text) - 1)
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        CROSS JOIN LATERAL regexp_match(
            pg_get_expr(c.relpartbound, c.oid), 'FROM \(''[0-9a-f]+''\) TO \(''([0-9a-f]+)''\)') bound
        WHERE i.inhparent = v_events AND bound[1] COLLATE "C" <= p_before
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE ended_at IS NULL OR ended_at >= $1)', v_month)
        INTO v_is_needed USING p_ended;
        CONTINUE WHEN v_is_needed;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s waiting JOIN %s old'
            ' ON old.partner_id = waiting.partner_id AND old.stream = waiting.stream'
            ' WHERE waiting.state = ''pending'' AND waiting.due_at IS NOT NULL)', v_events, v_month)
        INTO v_is_needed;
        CONTINUE WHEN v_is_needed;
        -- The whole tables first: who reads one holds it before it waits for a partition.
        LOCK TABLE ONLY integrations_webhookdelivery, ONLY integrations_webhookattempt
            IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE state = ''pending'' AND due_at IS NOT NULL)',
            v_month) INTO v_is_needed;
        CONTINUE WHEN v_is_needed;
        EXECUTE format('DROP TABLE %s',
            accounts_partition_name('integrations_webhookattempt', v_suffix));
        EXECUTE format('DROP TABLE %s', v_month);
        v_dropped := v_dropped + 1;
    END LOOP;
    RETURN v_dropped;
END $$;
