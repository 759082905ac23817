-- The lock that every writer of a partner's points, keys and team takes first; in Python it is
-- `accounts.services.locks.lock_partner`. It is held until the transaction ends; others wait.
CREATE OR REPLACE FUNCTION accounts_lock_partner(p_partner text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_partner WHERE id = p_partner FOR NO KEY UPDATE;
END $$;
