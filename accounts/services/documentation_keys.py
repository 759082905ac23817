"""Short-lived test keys with which the samples of the documentation can be run."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.models import ApiKey, Environment, Partner
from accounts.services.keys import create_key, revoke_key
from accounts.services.locks import lock_partner

_LIFETIME = timedelta(hours=12)
_ENVIRONMENTS = {"image": Environment.TEST, "management": Environment.MANAGEMENT_TEST}


def create_documentation_keys(*, partner: Partner, actor: str) -> dict[str, str]:
    """Create a test key of each API, in place of those that were created for this before.

    Raises `KeyRuleError` if one of them would be one too many.
    """
    with transaction.atomic():
        lock_partner(partner.pk)
        former = ApiKey.objects.of(partner.pk).filter(
            name__in=_names(), environment__in=_ENVIRONMENTS.values(), revoked_at=None
        )
        for key in former:
            revoke_key(key=key, actor=actor, reason="Replaced by new keys for the documentation.")
        expires_at = timezone.now() + _LIFETIME
        return {
            api: create_key(
                partner=partner,
                environment=environment,
                actor=actor,
                name=_name(),
                expires_at=expires_at,
            ).secret
            for api, environment in _ENVIRONMENTS.items()
        }


def _name() -> str:
    return gettext("Documentation")


def _names() -> set[str]:
    """Return the name in each language, for the reader may have changed it since."""
    names = set()
    for language, _ in settings.LANGUAGES:
        with override(language):
            names.add(_name())
    return names
