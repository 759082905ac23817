-- A trigger function for keys with a spend limit: from now on, charges of their partner count what
-- its keys spend. The update waits for a charge that holds the partner's lock.
CREATE OR REPLACE FUNCTION accounts_note_spend_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_partner SET has_spend_limits = true
    WHERE id = NEW.partner_id AND NOT has_spend_limits;
    RETURN NULL;
END $$;
