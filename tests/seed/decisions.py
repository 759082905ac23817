"""What makes a partner of the scene an example of its kind, and what staff did about it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Partner, User
from accounts.services.live_access import decline_live_access, request_live_access
from accounts.services.partner_notes import add_note, assign_owner
from accounts.services.partners import deactivate_partner
from billing.models import AlertThreshold
from billing.points import SCALE
from config.mail.models import OutgoingMail
from deployments.models import Deployment, Website
from deployments.services.site_takedowns import take_down_site
from imaging.models import ImageOperation, ProviderCost
from imaging.services.takedowns import take_down_images
from tests.seed.business import return_money
from tests.seed.companies import Company
from tests.seed.history import ago
from tests.seed.side import Side
from tests.seed.statements import add_statements


@dataclass
class Business:
    """A partner of the scene: its company, what it is an example of, and its size from 4 to 10."""

    company: Company
    kind: str
    size: int
    days: int
    side: Side

    @property
    def has_shops(self) -> bool:
        """The others only make images."""
        return self.size > 7 or self.kind == "failing"


def decide(business: Business, staff: dict[str, User]) -> None:
    """Bring about what makes the partner an example of its kind, and what staff did about it."""
    partner, desk = business.side.partner, staff["operations"].email
    match business.kind:
        case "disputed" | "indebted":
            return_money(partner, is_dispute=business.kind == "disputed")
            add_note(partner=partner, text="Asked them for the delivery records.", actor=desk)
        case "near zero":
            AlertThreshold.objects.create(
                partner=partner, points=500 * SCALE, alerted_at=ago(hours=5)
            )
        case "failing":
            _take_down(partner, desk)
        case "inactive":
            deactivate_partner(
                partner=partner, actor=desk, reason="Sells counterfeit watches; see the complaint."
            )
        case "asking" | "declined":
            _ask(business)
            if business.kind == "declined":
                reason = "The website does not open. Ask again when it does."
                decline_live_access(partner=partner, reason=reason, actor=desk)
        case "busy" if business.size > 8:
            add_note(partner=partner, text="Wants a call before every GST change.", actor=desk)
    if business.size > 5:
        assign_owner(partner=partner, owner=staff["support"], actor=desk)
    if business.size > 9 and business.kind == "busy":
        add_statements(business.side)


def _ask(business: Business) -> None:
    request_live_access(
        partner=business.side.partner,
        website=f"https://{business.company.domain}",
        purpose=f"Catalogue photos for our shops in {business.company.city}, "
        f"about {business.size * 800:,} a month.",
        actor=business.side.owner.email,
    )


def _take_down(partner: Partner, actor: str) -> None:
    """A shop and the pictures of an operation."""
    live = Website.objects.of(partner.pk).filter(deployments__state=Deployment.State.LIVE)
    take_down_site(website=live[0], reason="Sells medicine without a licence.", actor=actor)
    operations = ImageOperation.objects.of(partner.pk).exclude(image_urls=[]).exclude(charge=None)
    take_down_images(
        operation=operations.latest("created_at"),
        reason="Shows a registered trademark.",
        actor=actor,
    )


def add_provider_costs() -> None:
    """What the provider bills, since before the first request."""
    paise = {
        ("create", "fast"): 310,
        ("create", "thinking"): 620,
        ("enhance", "fast"): 290,
        ("enhance", "thinking"): 580,
    }
    ProviderCost.objects.bulk_create(
        ProviderCost(action=action, mode=mode, paise=cost, starts_at=ago(days=365))
        for (action, mode), cost in paise.items()
    )


def add_failed_mail() -> None:
    for number in range(3):
        mail = OutgoingMail(
            state=OutgoingMail.State.FAILED,
            attempts=11,
            last_error="550 5.1.1 The address does not exist",
            ended_at=ago(hours=number * 9 + 1),
        )
        mail.set_encrypted("recipient", f"gone{number}@jaisalleather.example")
        mail.set_encrypted("content", "")
        mail.save(force_insert=True)
