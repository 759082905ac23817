"""The state of a site after its newest deployment, and its URLs that have content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from accounts.models import Account
from deployments.models import Deployment
from deployments.site_urls import preview_url, production_url


@dataclass(frozen=True, slots=True)
class Site:
    """A URL is empty until something is published there."""

    deployment: Deployment
    identifier: str
    preview_url: str
    production_url: str

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        """Describe a deployment loaded with `select_related("website")`."""
        identifier = deployment.website.identifier
        is_live = deployment.state == Deployment.State.LIVE
        return cls(
            deployment,
            identifier,
            preview_url=preview_url(identifier) if deployment.generated_at else "",
            production_url=production_url(identifier) if is_live else "",
        )

    @property
    def state(self) -> str:
        return self.deployment.state


def find_site(account: Account) -> Site | None:
    """Return the account's site, or None before its first deployment."""
    deployments = Deployment.objects.of(account.partner_id).filter(website__account=account)
    newest = deployments.select_related("website").order_by("-created_at", "-id").first()
    return Site.of(newest) if newest else None
