-- The quoted name of a partition of a table: that of the table, then a suffix such as `2027_01`.
CREATE OR REPLACE FUNCTION accounts_partition_name(p_table regclass, p_suffix text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN quote_ident((SELECT relname FROM pg_class WHERE oid = p_table) || '_' || p_suffix);
END $$;
