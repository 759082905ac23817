-- A trigger function: the terms of a purchase never change; what was booked never changes
-- afterwards; and only the state transitions that `Purchase` describes are allowed.
CREATE OR REPLACE FUNCTION billing_guard_purchase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.id, OLD.partner_id, OLD.package_id, OLD.package_name, OLD.tier_id, OLD.points,
        OLD.amount_paise, OLD.tax_percent, OLD.cgst_paise, OLD.sgst_paise, OLD.igst_paise,
        OLD.tax_paise, OLD.total_paise, OLD.currency, OLD.place_of_supply,
        OLD.gateway, OLD.reference, OLD.created_by, OLD.created_at)
       IS DISTINCT FROM
       (NEW.id, NEW.partner_id, NEW.package_id, NEW.package_name, NEW.tier_id, NEW.points,
        NEW.amount_paise, NEW.tax_percent, NEW.cgst_paise, NEW.sgst_paise, NEW.igst_paise,
        NEW.tax_paise, NEW.total_paise, NEW.currency, NEW.place_of_supply,
        NEW.gateway, NEW.reference, NEW.created_by, NEW.created_at)
    THEN
        RAISE EXCEPTION 'what was agreed for purchase % never changes', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.bucket_id IS NOT NULL
       AND (OLD.bucket_id, OLD.payment_id, OLD.paid_at, OLD.excess_paise)
           IS DISTINCT FROM (NEW.bucket_id, NEW.payment_id, NEW.paid_at, NEW.excess_paise)
    THEN
        RAISE EXCEPTION 'the payment of purchase % never changes', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.returned_paise < OLD.returned_paise OR NEW.returned_points < OLD.returned_points THEN
        RAISE EXCEPTION 'what was refunded of purchase % only grows', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (CASE OLD.state
        WHEN 'paid' THEN NEW.state IN ('refunding', 'refunded')
        WHEN 'refunding' THEN NEW.state IN ('refunded', 'paid')
        WHEN 'refunded' THEN false
        WHEN 'created' THEN NEW.state NOT IN ('refunding', 'refunded')
        ELSE NEW.state NOT IN ('created', 'refunding', 'refunded')
    END) THEN
        RAISE EXCEPTION 'purchase % cannot go from % to %', OLD.reference, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
