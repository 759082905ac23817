"""Mutants that no test can kill, because the code means the same after the change."""

from __future__ import annotations

_BEHIND_THE_PARTNER = "every writer of points holds the lock on the partner, which comes first"

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
        "accounts/services/alerts.py",
        'rows = Alert.objects.of_all().open().filter(kind=kind.name).order_by("partner_id", "pk")',
        "rows = Alert.objects.of_all().open().filter(kind=kind.name).all()",
    ): "what has recovered does so in any order; the order only makes fewer transactions of it",
    (
        "accounts/services/sandbox_accounts.py",
        'for account in _unused().order_by("pk")[:_BATCH]:',
        "for account in _unused().all()[:_BATCH]:",
    ): "all are deleted in the end, in any order",
    (
        "accounts/services/staff_revocations.py",
        'members = list(partner.members.select_related("user").order_by("user_id"))',
        'members = list(partner.members.select_related("user").all())',
    ): "all are signed out, in any order",
    (
        "integrations/services/receivers.py",
        "endpoints = WebhookEndpoint.objects.of(partner.id).exclude(gone_at=None)",
        "endpoints = WebhookEndpoint.objects.of(partner.id).all()",
    ): "those that are not gone stay so",
    (
        "billing/services/debts.py",
        "for debtor in mine.owing().in_burn_order().select_for_update(no_key=True):",
        "for debtor in mine.owing().in_burn_order().all():",
    ): _BEHIND_THE_PARTNER,
    (
        "billing/services/reconciliation.py",
        "recent.filter(gateway__in=reporting_gateways())",
        "recent.filter(gateway__in=reporting_gateways()).all()",
    ): "purchases have no order of their own that would have to be removed",
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
}
