"""The lock that every writer of a partner's points, keys and team takes first."""

from __future__ import annotations

from accounts.models import Partner


def lock_partner(partner_id: str) -> Partner:
    """The partner as it is now, locked until the transaction ends; SQL has `accounts_lock_partner`.

    Writers of one partner come one after the other; rows that point at the partner are not kept
    waiting.
    """
    return Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
