"""Create a website, its deployment and the first webhook in one transaction."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account
from accounts.services.audit import record_api_audit
from accounts.services.authorization import Admission
from config.db.references import NO_REFERENCES, References
from deployments import events
from deployments.identifiers import make_identifier
from deployments.models import Deployment, Website
from deployments.rehearsals import delay_of
from deployments.services.domains import sync_domains
from deployments.signals import work_added
from integrations.services.endpoints import add_endpoint
from integrations.services.webhooks import add_event

_TRIES = 10


class WebsiteExists(Exception):
    """The account has a shop, or one in progress."""


@dataclass(frozen=True, slots=True)
class DeploymentRequest:
    """A validated request. `logo_url` and `webhook_secret` may be empty; `public_contact` is
    described at `Website.read_public_contact`."""

    account_id: str
    brand_name: str
    categories: tuple[str, ...]
    webhook_url: str
    logo_url: str = ""
    webhook_secret: str = ""
    language: str = Deployment.Language.ENGLISH.value
    public_contact: dict[str, Any] | None = None
    references: References = NO_REFERENCES
    #: What a test call rehearses, see `deployments.rehearsals`.
    simulation: str = ""


def create_deployment(*, admission: Admission, shop: DeploymentRequest) -> Deployment:
    """Start a deployment; a lock on the account serializes concurrent requests.

    Raises `Account.DoesNotExist`, `WebsiteExists`.
    """
    with transaction.atomic():
        accounts = Account.objects.of(admission.partner_id).select_for_update()
        account = accounts.get(pk=shop.account_id)
        website = _website_of(account, shop.brand_name)
        others = website.deployments.exclude(state=Deployment.State.FAILED)
        if website.taken_down_at or others.exists():
            raise WebsiteExists
        deployment = _create(website, shop)
        payload = events.building(website, deployment.created_at)
        add_event(
            endpoint=deployment.endpoint,
            stream=deployment.id,
            payload=events.of_deployment(payload, deployment),
        )
        record_api_audit(
            admission=admission,
            action="deployment.created",
            target=deployment.id,
            account=account.id,
            shop=website.identifier,
        )
        transaction.on_commit(lambda: work_added.send(Deployment))
    return deployment


def _website_of(account: Account, brand_name: str) -> Website:
    """Return the account's website; a retry after a failure keeps its identifier."""
    website = Website.objects.of(account.partner_id).filter(account=account).first()
    if website is None:
        website = _new_website(account, brand_name)
        sync_domains(website=website)
        account.identifier = website.identifier
        account.save(update_fields=["identifier", "updated_at"])
    return website


def _new_website(account: Account, brand_name: str) -> Website:
    """Create the website, retrying if the random part of its identifier is taken."""
    for _ in range(_TRIES):
        identifier = make_identifier(brand_name)
        with suppress(IntegrityError), transaction.atomic():
            return Website.objects.create(
                account=account, partner_id=account.partner_id, identifier=identifier
            )
    raise RuntimeError("no free identifier was found")


def _create(website: Website, shop: DeploymentRequest) -> Deployment:
    now = timezone.now()
    website.set_public_contact(shop.public_contact)
    website.save(update_fields=["public_contact"])
    return Deployment.objects.create(
        partner_id=website.partner_id,
        website=website,
        endpoint=add_endpoint(
            partner_id=website.partner_id, url=shop.webhook_url, secret=shop.webhook_secret
        ),
        brand_name=shop.brand_name,
        categories=list(shop.categories),
        logo_url=shop.logo_url,
        language=shop.language,
        external_id=shop.references.external_id,
        metadata=shop.references.metadata,
        simulation=shop.simulation,
        due_at=now + delay_of(shop.simulation),
        created_at=now,
    )
