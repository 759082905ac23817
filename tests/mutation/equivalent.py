"""Mutants that no test can kill, because the code means the same after the change."""

from __future__ import annotations

_BEHIND_THE_PARTNER = "every writer of points holds the lock on the partner, which comes first"
_IN_RANGE = "AND id >= left(p_operation, 21) AND id < left(p_operation, 21) || 'g'"
_WIDER = "the ids of these entries begin with the 21 digits, and go on with digits below g"

#: `Mutant.key`, that is `(file, first changed line before, and after)`, and why it means the same.
REASONS: dict[tuple[str, str, str], str] = {
    (
        "imaging/services/statistics.py",
        "if action and mode:",
        "if action or mode:",
    ): "both come from one row of an outer join: there is both or neither",
    (
        "deployments/services/transitions.py",
        'replaced = mine.filter(state=states.REPLACED).exclude(material="")',
        "replaced = mine.filter(state=states.REPLACED).all()",
    ): "what has none is older than what is kept: it would be written again as it is",
    (
        "accounts/services/idempotency.py",
        "_TRIES = 3",
        "_TRIES = 4",
    ): "another attempt releases the key in that moment hardly ever, not three times in a row",
    (
        "deployments/services/creation.py",
        "_TRIES = 10",
        "_TRIES = 11",
    ): "one of two thousand million names is taken once, not ten times in a row",
    (
        "accounts/services/staff_revocations.py",
        "keys = list(ApiKey.objects.of(partner.pk).filter(revoked_at=None))",
        "keys = list(ApiKey.objects.of(partner.pk).all())",
    ): "revoking what is revoked changes nothing, and is not counted",
    (
        "accounts/services/users.py",
        'User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)',
        'User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 2)',
    ): "sessions end with any other version",
    (
        "accounts/sql/add_partitions.sql",
        "PERFORM pg_advisory_xact_lock(1886151540, p_table::oid::int);",
        "PERFORM pg_advisory_xact_lock(1886151541, p_table::oid::int);",
    ): "the number is the name of a lock; another one is as good",
    (
        "accounts/sql/analyze_whole.sql",
        "CASE WHEN current_setting('server_version_num')::int >= 180000 THEN 'ONLY' END, p_table);",
        "CASE WHEN current_setting('server_version_num')::int > 180000 THEN 'ONLY' END, p_table);",
    ): "it only makes the first release of PostgreSQL 18 read more",
    (
        "accounts/sql/analyze_whole.sql",
        "CASE WHEN current_setting('server_version_num')::int >= 180000 THEN 'ONLY' END, p_table);",
        "CASE WHEN current_setting('server_version_num')::int >= 180001 THEN 'ONLY' END, p_table);",
    ): "it only makes the first release of PostgreSQL 18 read more",
    (
        "deployments/services/domains.py",
        "others = SiteDomain.objects.of_live().filter(name=domain.name).exclude(pk=domain.pk)",
        "others = SiteDomain.objects.of_live().filter(name=domain.name).all()",
    ): "its own row is written again, as proven, at once",
    (
        "deployments/services/transitions.py",
        "deployment.state, deployment.attempts = after, 1",
        "deployment.state, deployment.attempts = after, 2",
    ): "either is below the limit, and the next claim counts from the stored number",
    (
        "accounts/services/alerts.py",
        'rows = Alert.objects.of_all().open().filter(kind=kind.name).order_by("partner_id", "pk")',
        "rows = Alert.objects.of_all().open().filter(kind=kind.name).all()",
    ): "what has recovered does so in any order; the order only makes fewer transactions of it",
    (
        "billing/services/account_checks.py",
        'partners = Statement.objects.of_all().order_by("partner_id")',
        "partners = Statement.objects.of_all().all()",
    ): "partners are checked in any order",
    (
        "billing/services/payouts.py",
        "known = PayoutLine.objects.filter(gateway=gateway)",
        "known = PayoutLine.objects.all()",
    ): "lines of other gateways are in both numbers, whose difference is the same",
    (
        "billing/services/approval_rules.py",
        "left = max(limit - so_far, 0)",
        "left = max(limit - so_far, 1)",
    ): "it is shown in whole points, of which a hundredth is none",
    (
        "billing/services/debts.py",
        "kept = min(bucket.owed, max(points, 0))",
        "kept = min(bucket.owed, max(points, 1))",
    ): "no points are taken of a bucket that owes: it has none",
    (
        "billing/services/refunds.py",
        "if locked.state == State.REFUNDING and refund_due(locked) <= 0:",
        "if locked.state == State.REFUNDING and refund_due(locked) <= 1:",
    ): "all that was due has just gone back",
    (
        "billing/services/ledger_checks.py",
        "if not extend_chains(seconds=seconds / 2):",
        "if not extend_chains(seconds=seconds / 3):",
    ): "what is not done in one part of the time is done in the next hour",
    (
        "billing/sql/charge.sql",
        "ORDER BY purchased_at, id FOR UPDATE",
        "ORDER BY purchased_at, id",
    ): _BEHIND_THE_PARTNER,
    (
        "billing/sql/settle.sql",
        "ORDER BY purchased_at, id FOR UPDATE;",
        "ORDER BY purchased_at, id ;",
    ): _BEHIND_THE_PARTNER,
    (
        "billing/sql/quote.sql",
        "SELECT t.name INTO tier FROM billing_tier t ORDER BY t.position LIMIT 1;",
        "SELECT t.name INTO tier FROM billing_tier t ORDER BY t.position LIMIT 2;",
    ): "INTO takes the first row",
    (
        "billing/sql/settle.sql",
        "IF v_back > 0 THEN",
        "IF v_back >= 0 THEN",
    ): "reversing no points changes nothing",
    (
        "billing/sql/settle.sql",
        "FROM billing_pointbucket WHERE partner_id = p_partner AND remaining > held;",
        "FROM billing_pointbucket WHERE partner_id = p_partner AND remaining >= held;",
    ): "a bucket with nothing to spend adds nothing to the balance",
    (
        "accounts/sql/add_range.sql",
        "v_moves boolean := false;",
        "v_moves boolean := true;",
    ): "where nothing has moved there is nothing to check, and the triggers are on",
    (
        "billing/services/prices.py",
        'current = rows.started(start).order_by("-starts_at").first()',
        "current = rows.started(start).all().first()",
    ): "prices of one kind of call have this order of their own",
    (
        "billing/sql/reverse.sql",
        _IN_RANGE,
        "AND id > left(p_operation, 21) AND id < left(p_operation, 21) || 'g'",
    ): _WIDER,
    (
        "billing/sql/reverse.sql",
        _IN_RANGE,
        "AND id >= left(p_operation, 21) AND id <= left(p_operation, 21) || 'g'",
    ): _WIDER,
    (
        "billing/sql/reverse.sql",
        _IN_RANGE,
        "AND id >= left(p_operation, 21) AND id < left(p_operation, 22) || 'g'",
    ): "fewer than 256 entries have numbers that begin with 0, which is below any next digit and g",
    (
        "integrations/sql/claim_deliveries.sql",
        "ORDER BY d.partner_id LIMIT 1;",
        "ORDER BY d.partner_id LIMIT 2;",
    ): "INTO takes the first row",
    (
        "integrations/sql/finish_attempts.sql",
        "AND d.position > gone.position;",
        "AND d.position >= gone.position;",
    ): "the one at this position is not pending any more",
    (
        "imaging/services/quotes.py",
        "if points <= 0:",
        "if points < 0:",
    ): "a bucket whose points make up exactly what was missing adds no call, and lacks none",
}
_OWNED = "WHERE partner_id = p_partner AND id IN ("
_ENTRIES = "WHERE partner_id = p_partner AND operation_id = p_operation"
_NUMBERED = f"{_IN_RANGE})"
#: Which buckets `settle` locks behind the partner: line by line, before and after.
_LOCKED = [
    (_OWNED, _OWNED.replace(" = ", " <> ")),
    (_OWNED, _OWNED.replace("AND", "OR")),
    (_ENTRIES, _ENTRIES.replace("partner_id = ", "partner_id <> ")),
    (_ENTRIES, _ENTRIES.replace("operation_id = ", "operation_id <> ")),
    (_ENTRIES, _ENTRIES.replace("AND", "OR")),
    (_NUMBERED, _NUMBERED.replace("id >= ", "id > ")),
    (_NUMBERED, _NUMBERED.replace("id < ", "id <= ")),
    (_NUMBERED, _NUMBERED.replace("AND id <", "OR id <")),
    (_NUMBERED, _NUMBERED.replace("AND id >=", "OR id >=")),
    (_NUMBERED, _NUMBERED.replace("21", "22", 1)),
    (_NUMBERED, "22".join(_NUMBERED.rsplit("21", 1))),
]
REASONS |= {
    ("billing/sql/settle.sql", before, after): _BEHIND_THE_PARTNER for before, after in _LOCKED
}
