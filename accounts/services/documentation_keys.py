"""Short-lived test keys with which the samples of the documentation can be run."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, Environment, Partner
from accounts.services.keys import create_key, revoke_key
from accounts.services.locks import lock_partner

_NAME = "Documentation"
_LIFETIME = timedelta(hours=12)
_ENVIRONMENTS = {"image": Environment.TEST, "management": Environment.MANAGEMENT_TEST}


def create_documentation_keys(*, partner: Partner, actor: str) -> dict[str, str]:
    """Create a test key of each API, in place of those that were created for this before.

    Raises `KeyRuleError` if one of them would be one too many.
    """
    with transaction.atomic():
        lock_partner(partner.pk)
        former = ApiKey.objects.of(partner.pk).filter(
            name=_NAME, environment__in=_ENVIRONMENTS.values(), revoked_at=None
        )
        for key in former:
            revoke_key(key=key, actor=actor, reason="Replaced by new keys for the documentation.")
        expires_at = timezone.now() + _LIFETIME
        return {
            api: create_key(
                partner=partner,
                environment=environment,
                actor=actor,
                name=_NAME,
                expires_at=expires_at,
            ).secret
            for api, environment in _ENVIRONMENTS.items()
        }
