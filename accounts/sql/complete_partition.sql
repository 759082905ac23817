-- Gives a new partition what another one has beyond what its table passes on: storage parameters,
-- unique indexes that do not contain the id, foreign keys to the partition of another table with the
-- same ids, and triggers for the whole partition. `p_like` and `p_suffix` end the names of both.
CREATE OR REPLACE FUNCTION accounts_complete_partition(p_table regclass, p_like text, p_suffix text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_model regclass := accounts_partition_name(p_table, p_like);
    v_new text := accounts_partition_name(p_table, p_suffix);
    v_end text := '_' || p_like || '$';
    v_definition text;
BEGIN
    SELECT array_to_string(reloptions, ', ') INTO v_definition FROM pg_class WHERE oid = v_model;
    IF v_definition <> '' THEN
        EXECUTE format('ALTER TABLE %s SET (%s)', v_new, v_definition);
    END IF;
    FOR v_definition IN
        SELECT format('CREATE %s INDEX %I ON %s %s', CASE WHEN i.indisunique THEN 'UNIQUE' END,
            regexp_replace(c.relname, v_end, '_' || p_suffix), v_new,
            substring(pg_get_indexdef(c.oid) FROM ' (USING .*)$'))
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = v_model AND NOT c.relispartition
    LOOP
        EXECUTE v_definition;
    END LOOP;
    FOR v_definition IN
        SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', v_new, f.conname, replace(
            pg_get_constraintdef(f.oid), format('REFERENCES %s(', f.confrelid::regclass),
            format('REFERENCES %I(', regexp_replace(target.relname, v_end, '_' || p_suffix))))
        FROM pg_constraint f JOIN pg_class target ON target.oid = f.confrelid
        WHERE f.conrelid = v_model AND f.contype = 'f' AND f.conparentid = 0
    LOOP
        EXECUTE v_definition;
    END LOOP;
    FOR v_definition IN
        SELECT regexp_replace(pg_get_triggerdef(oid), ' ON \S+ FOR EACH STATEMENT',
            format(' ON %s FOR EACH STATEMENT', v_new))
        FROM pg_trigger WHERE tgrelid = v_model AND tgparentid = 0 AND NOT tgisinternal
    LOOP
        EXECUTE v_definition;
    END LOOP;
END $$;
