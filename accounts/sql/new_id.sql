-- An identifier as `config.db.ids.new_id` makes it: the second in eight hex digits, then sixteen
-- random ones, of which the version of the uuid fixes one.
CREATE OR REPLACE FUNCTION accounts_new_id() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN lpad(to_hex(floor(extract(epoch FROM clock_timestamp()))::bigint), 8, '0')
        || left(replace(gen_random_uuid()::text, '-', ''), 16);
END $$;
