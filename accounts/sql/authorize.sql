-- Checks the key, permission and rate limits of a call in one round trip.
--
-- `denied_by` is null for an allowed call, else the first check that failed, in the
-- documented order: 'key' (unknown, revoked or of the wrong kind), 'partner' (inactive),
-- 'expired', 'network', 'permission', 'minute' or 'day'.
CREATE OR REPLACE FUNCTION accounts_authorize(
    p_secret_hash bytea, p_environments text[], p_address inet, p_permission text,
    OUT denied_by text, OUT partner_id text, OUT partner_name text, OUT key_id text,
    OUT environment text, OUT per_minute int, OUT per_day int,
    OUT minute_left int, OUT minute_reset int, OUT day_left int, OUT day_reset int,
    OUT retry_after int,
    OUT rate_subject text, OUT points_per_day int, OUT points_per_month int
) LANGUAGE plpgsql AS $$
DECLARE
    k record;
BEGIN
    SELECT key.id, key.partner_id, key.environment, key.permissions, key.rate_subject,
           key.points_per_day, key.points_per_month,
           key.expires_at <= clock_timestamp() AS is_expired,
           coalesce(key.requests_per_minute, partner.requests_per_minute) AS per_minute,
           coalesce(key.requests_per_day, partner.requests_per_day) AS per_day,
           partner.name, partner.is_active,
           -- Null for a key that may be used from anywhere.
           (SELECT bool_or(n.network >>= p_address) FROM accounts_allowednetwork n
            WHERE n.key_id = key.id) AS is_allowed
    INTO k
    FROM accounts_apikey key
    JOIN accounts_partner partner ON partner.id = key.partner_id
    WHERE key.secret_hash = p_secret_hash AND key.revoked_at IS NULL
      AND key.environment = ANY (p_environments);
    IF NOT FOUND THEN
        denied_by := 'key';
        RETURN;
    END IF;

    partner_id := k.partner_id;
    partner_name := k.name;
    key_id := k.id;
    environment := k.environment;
    per_minute := k.per_minute;
    per_day := k.per_day;
    rate_subject := k.rate_subject;
    points_per_day := k.points_per_day;
    points_per_month := k.points_per_month;
    denied_by := CASE
        WHEN NOT k.is_active THEN 'partner'
        WHEN k.is_expired THEN 'expired'
        -- An address that could not be read is on no whitelist.
        WHEN p_address IS NULL OR NOT k.is_allowed THEN 'network'
        -- Null for an endpoint that needs none, and for a key that has all.
        WHEN NOT p_permission = ANY (k.permissions) THEN 'permission'
    END;
    IF denied_by IS NOT NULL THEN
        RETURN;
    END IF;

    SELECT c.refused, c.minute_left, c.minute_reset, c.day_left, c.day_reset, c.retry_after
    INTO denied_by, minute_left, minute_reset, day_left, day_reset, retry_after
    FROM accounts_count_call(
        k.partner_id,
        -- The management API counts per partner or sandbox, the Image API per key.
        CASE k.environment
            WHEN 'management' THEN k.partner_id
            WHEN 'management_test' THEN 'ffffffff' || substr(k.partner_id, 9)
            ELSE k.rate_subject
        END,
        k.per_minute, k.per_day) c;
END $$;
