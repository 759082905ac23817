"""The supported integrations, as the endpoints validate against them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from config.api.error_codes import MISSING_FIELDS
from config.api.errors import ApiError, bad_request
from integrations.error_codes import INVALID_CREDENTIALS, MISSING_CREDENTIALS
from integrations.models import CredentialField, Integration

MAX_CREDENTIAL_LENGTH = 4096


@dataclass(frozen=True, slots=True)
class Registry:
    """All active integrations, loaded with one or two queries."""

    integrations: tuple[Integration, ...]

    @classmethod
    def load(cls) -> Self:
        active = Integration.objects.filter(is_active=True)
        return cls(tuple(active.prefetch_related("credential_fields")))

    @property
    def names(self) -> list[str]:
        return [integration.name for integration in self.integrations]

    def find(self, name: str) -> Integration | None:
        return next((each for each in self.integrations if each.name == name), None)

    def missing_fields(self) -> ApiError:
        """Build the first 400 of connectIntegration, with an example taken from the registry."""
        extra: dict[str, Any] = {}
        if self.integrations:
            first = self.integrations[0]
            extra["example"] = {
                "shopIQAccountId": "your-account-id",
                "integrationName": first.name,
                "credentials": {
                    field.name: f"your-{_kebab(field.name)}" for field in _fields(first)
                },
            }
        return bad_request(
            "Missing required fields: shopIQAccountId, integrationName, and credentials are "
            "mandatory.",
            code=MISSING_FIELDS,
            **extra,
            supportedIntegrations=self.names,
        )


def read_credentials(integration: Integration, given: dict[str, Any]) -> dict[str, str]:
    """Return the credentials that the integration requires, without others. Raises 400."""
    fields = _fields(integration)
    missing = [field.name for field in fields if _is_blank(given.get(field.name))]
    if missing:
        required = [field.name for field in fields]
        raise missing_credentials(integration.display_name, missing, required)
    return {field.name: _text(field.name, given[field.name]) for field in fields}


def missing_credentials(name: str, missing: list[str], required: list[str]) -> ApiError:
    return bad_request(
        f"Missing required credentials for {name}: {', '.join(missing)}",
        code=MISSING_CREDENTIALS,
        requiredCredentials=required,
    )


def _fields(integration: Integration) -> list[CredentialField]:
    return list(integration.credential_fields.all())


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_CREDENTIAL_LENGTH:
        raise bad_request(
            f"credentials.{name} must be a string of at most {MAX_CREDENTIAL_LENGTH} characters",
            code=INVALID_CREDENTIALS,
            field=f"credentials.{name}",
        )
    return value


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").lower()
