"""The state of a site, and its URLs that have content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Case, When

from accounts.models import Account
from deployments import states
from deployments.models import Deployment
from deployments.site_urls import preview_url, production_url


@dataclass(frozen=True, slots=True)
class Site:
    """A URL is empty until something is published there, and while the shop is taken down."""

    deployment: Deployment
    identifier: str
    preview_url: str
    production_url: str
    is_down: bool

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        """Describe a deployment loaded with `select_related("website")`."""
        website = deployment.website
        is_up = website.taken_down_at is None
        has_preview = is_up and deployment.generated_at
        is_live = is_up and deployment.state in states.PUBLISHED
        return cls(
            deployment,
            website.identifier,
            preview_url=preview_url(website) if has_preview else "",
            production_url=production_url(website) if is_live else "",
            is_down=not is_up,
        )

    @classmethod
    def of_newest(cls, deployments: Iterable[Deployment]) -> Self | None:
        """Describe a shop by its live deployment, else by its newest; they are given first."""
        ordered = sorted(deployments, key=lambda each: each.state != Deployment.State.LIVE)
        return cls.of(ordered[0]) if ordered else None

    @property
    def state(self) -> str:
        return self.deployment.state


def find_site(account: Account) -> Site | None:
    """Return the account's site, or None before its first deployment."""
    deployments = Deployment.objects.of(account.partner_id).filter(website__account=account)
    newest = deployments.select_related("website").order_by("-created_at", "-id")
    live = newest.filter(state=Deployment.State.LIVE)
    return Site.of_newest([*live, *newest[:1]])


def find_sites(owner_id: str, accounts: Sequence[Account]) -> dict[str, Site]:
    """Return the sites of an owner's accounts by their ids, in one query; those without a
    deployment have none."""
    deployments = Deployment.objects.of(owner_id).filter(website__account__in=accounts)
    live_first = Case(When(state=Deployment.State.LIVE, then=0), default=1)
    chosen = deployments.order_by("website_id", live_first, "-created_at", "-id")
    rows = chosen.distinct("website_id").select_related("website").defer("material")
    return {row.website.account_id: Site.of(row) for row in rows}
