-- The lock that every writer of a partner's points, keys and team takes first; in Python it is
-- `accounts.services.locks.lock_partner`. It is held until the transaction ends; others wait.
-- What charges need of the partner is returned, as it is after the wait.
CREATE OR REPLACE FUNCTION accounts_lock_partner(
    p_partner text, OUT time_zone text, OUT has_spend_limits boolean
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT partner.time_zone, partner.has_spend_limits INTO time_zone, has_spend_limits
    FROM accounts_partner partner WHERE partner.id = p_partner FOR NO KEY UPDATE;
END $$;
