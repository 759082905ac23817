"""Carry out advice on a key."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from accounts.key_advice import LIFETIME, Advice, Kind
from accounts.services.keys import edit_key, revoke_key
from accounts.services.whitelists import allow_networks, remove_network


def tighten_key(*, advice: Advice, actor: str) -> None:
    """Change the key as advised, all or nothing.

    Raises `KeyRuleError` for a key or a whitelist that has changed since.
    """
    key = advice.key
    with transaction.atomic():
        match advice.kind:
            case Kind.IDLE:
                with translation.override(settings.LANGUAGE_CODE):
                    reason = str(advice.reason)
                revoke_key(key=key, actor=actor, reason=reason)
            case Kind.PERMISSIONS:
                edit_key(key=key, actor=actor, permissions=list(advice.values))
            case Kind.EXPIRY:
                edit_key(key=key, actor=actor, expires_at=timezone.now() + LIFETIME)
            case Kind.NETWORKS:
                lines = [f"{network} # Seen in requests" for network in advice.values]
                allow_networks(key=key, lines=lines, actor=actor)
            case Kind.ENTRIES:
                for entry in advice.entries:
                    remove_network(entry=entry, actor=actor, allow_empty=False)
