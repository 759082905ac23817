"""Keep live shops as their accounts are: build a shop again whose account has changed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from accounts.models import Account
from accounts.services.audit import record_audit
from accounts.services.locks import PartnerInactive, lock_active_partner
from deployments import states
from deployments.material import current_material, kept_material
from deployments.models import Deployment, Takedown, Website
from deployments.services.locks import DeploymentConflict, lock_website
from deployments.services.redeployments import Redeployment, redeploy
from deployments.signals import work_added

#: Changes within this time are published together.
PAUSE = timedelta(seconds=2)
#: Waits after each failed build of a change; after the last one only another change starts it.
_RETRIES = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


def schedule_update(*, account: Account) -> None:
    """Have the shop compared with its account, in the transaction that changes the account."""
    websites = Website.objects.of(account.partner_id).filter(account=account)
    if websites.update(update_at=Now() + PAUSE):
        transaction.on_commit(lambda: work_added.send(Website))


def retry_update(deployment: Deployment) -> None:
    """Compare again later, in the transaction in which a later build of a live shop fails."""
    mine = Deployment.objects.of(deployment.partner_id).filter(website=deployment.website_id)
    live = mine.get(state=states.LIVE)
    count = mine.filter(state=states.FAILED, created_at__gt=live.created_at).count()
    if count <= len(_RETRIES):
        Website.objects.of(deployment.partner_id).filter(pk=deployment.website_id).update(
            update_at=Now() + _RETRIES[count - 1]
        )


def change_contact(*, website: Website, contact: dict[str, object] | None, actor: str) -> None:
    """Set the public contact, and have the live shop built again. Raises `DeploymentConflict`."""
    with transaction.atomic():
        website = lock_website(website)
        if website.read_public_contact() == contact:
            return
        website.set_public_contact(contact)
        website.save(update_fields=["public_contact"])
        schedule_update(account=website.account)
        record_audit(
            partner=website.partner,
            actor=actor,
            action="shop.contact_changed",
            target=website.account_id,
            shop=website.identifier,
        )


def update_next_shop() -> bool:
    """Build the next shop again that differs from its account; False if none is due."""
    website = _due().order_by("update_at").first()
    if website is None:
        return False
    try:
        with transaction.atomic():
            lock_active_partner(website.partner_id)
            locked = lock_website(website)
            # Another worker may have done it.
            if _due().filter(pk=locked.pk).exists():
                _update(locked)
    except (DeploymentConflict, PartnerInactive):
        pass  # the account was deleted or the partner deactivated in this moment
    return True


def update_is_due() -> bool:
    return _due().exists()


def _update(website: Website) -> None:
    Website.objects.of(website.partner_id).filter(pk=website.pk).update(update_at=None)
    live = Deployment.objects.of(website.partner_id).select_related("endpoint")
    plan = _plan_of(website, live.get(website=website, state=states.LIVE))
    if plan:
        redeploy(website, plan=plan, action="deployment.updated", actor="system")


def _plan_of(website: Website, live: Deployment) -> Redeployment | None:
    """Describe the build that the account needs now; None if the live release shows it already.

    A brand name that was the business name, and a logo that was the account's, follow the account.
    """
    shown = kept_material(live)
    if shown is None:
        return Redeployment(live)
    follows_logo = live.logo_url == shown.account_logo_url
    logo_url = "" if follows_logo else live.logo_url
    now = current_material(website, logo_url)
    follows_name = live.brand_name == shown.merchant.business_name and now.merchant.business_name
    brand_name = now.merchant.business_name if follows_name else live.brand_name
    if brand_name == live.brand_name and now.shows_the_same_as(shown):
        return None
    return Redeployment(live, {"brand_name": brand_name, "logo_url": logo_url})


def _due() -> QuerySet[Website]:
    """Filter live shops of active partners that nothing else is changing."""
    mine = Deployment.objects.of(OuterRef("partner_id")).filter(website=OuterRef("pk"))
    removal = Takedown.objects.of(OuterRef("partner_id")).filter(identifier=OuterRef("identifier"))
    due = Website.objects.of_all().filter(
        update_at__lte=Now(), publish_at=None, partner__is_active=True, taken_down_at=None
    )
    return due.filter(Exists(mine.filter(state=states.LIVE)), ~Exists(mine.running())).exclude(
        Exists(removal)
    )
