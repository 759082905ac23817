"""Accounts with integrations, links and sites in every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Account, AutoLoginLink
from accounts.services.accounts import create_account
from accounts.services.auto_login import AccountReference, create_link, revoke_link
from deployments.models import Deployment
from deployments.services.creation import DeploymentRequest, create_deployment
from deployments.services.transitions import (
    claim_next,
    record_failure,
    step_to_building,
    step_to_created,
    step_to_live,
)
from integrations.models import Integration
from integrations.services.connections import connect_integration, disconnect_integration
from tests.seed.history import ago, as_of
from tests.seed.side import Side

_BRANDS = [
    ("Saffron Thread", "Fashion & Clothing", "Mumbai"),
    ("Teal & Teak", "Home & Furniture", "Kochi"),
    ("Monsoon Boots", "Footwear", "Pune"),
    ("Chai Atelier", "Food & Beverages", "Guwahati"),
    ("Little Banyan", "Baby & Kids", "Bengaluru"),
    ("Kiran Jewels", "Jewelry & Watches", "Jaipur"),
    ("Patang Toys", "Toys & Games", "Ahmedabad"),
    ("Neem & Clay", "Beauty & Skincare", "Chennai"),
]
_PEOPLE = [("Asha", "Pillai"), ("Vikram", "Rao"), ("Neha", "Kapoor"), ("Imran", "Sheikh")]
_CREDENTIAL = "pk_live_Zq81nTf63xYcHt52mWk90"
_WEBHOOK_SECRET = "whsec_kT4nZp81vQm6Yb3x"
_ERROR = "The logo could not be downloaded: the server answered 404."


def add_merchants(side: Side) -> None:
    count = side.size * 3 // 2
    accounts: list[Account] = []
    for number in range(count):
        with as_of(ago(hours=20 + 55 * (count - number))):
            accounts.append(add_merchant(side, number))
    side.rows["account"] = accounts[-1].pk
    for account in accounts[-4:]:
        _tie(side, account)
    disconnect_integration(
        admission=side.admission("Back office"),
        account_id=accounts[-2].pk,
        integration=Integration.objects.get(),
    )
    for account in reversed(accounts[-3:]):
        _link(side, account)
    _deploy_shops(side, accounts)
    side.secrets += [_CREDENTIAL, _WEBHOOK_SECRET]


def add_merchant(side: Side, number: int) -> Account:
    brand, category, city = _BRANDS[number % len(_BRANDS)]
    first, last = _PEOPLE[number % len(_PEOPLE)]
    values: dict[str, Any] = {
        "email": f"{first}{number}@shops.{side.domain}".lower(),
        "mobileNumber": {
            "value": str(side.random.randint(7_000_000_000, 9_999_999_999)),
            "countryCode": 91,
        },
        "firstName": first,
        "lastName": last,
        "businessName": brand if number < len(_BRANDS) else f"{brand} {number}",
        "businessCategory": category,
        "address": {"addLineOne": f"{number + 4} Market Road", "city": city, "country": "India"},
    }
    return create_account(admission=side.admission("Back office"), values=values)


def _tie(side: Side, account: Account) -> None:
    connect_integration(
        admission=side.admission("Back office"),
        account_id=account.pk,
        integration=Integration.objects.get(),
        credentials={"apiKey": _CREDENTIAL, "userId": "usr_Ht52mWk90"},
    )


def _link(side: Side, account: Account) -> None:
    """One that works and was used, one that was revoked and one that has expired."""
    for number in range(3):
        issued = create_link(
            admission=side.admission("Back office"),
            reference=AccountReference(account_id=account.pk),
        )
        side.secrets.append(issued.url.partition("token=")[2])
        link = issued.link
        changes = AutoLoginLink.objects.filter(pk=link.pk)
        changes.update(created_at=ago(days=4 * number, hours=3))
        if number == 0:
            changes.update(use_count=3, last_used_at=ago(minutes=40))
            side.rows.setdefault("link", link.pk)
        elif number == 1:
            revoke_link(link=link, actor=side.people["developer"].email)
        else:
            changes.update(expires_at=ago(days=1))


def _deploy_shops(side: Side, accounts: list[Account]) -> None:
    """The account shown first has a live shop; the newest deployment waits in the queue."""
    ends = ["live", "failed", "live", "created", "live", "building", "live", "queued"]
    ends = ends[: side.size] if side.size < len(ends) else ends
    for number, (account, end) in enumerate(zip(reversed(accounts), ends, strict=False)):
        began = ago(hours=0.02 if end in ("building", "queued") else 3 + 29 * number)
        with as_of(began):
            deployment = _deploy(side, account)
        _advance(deployment, end, began)
        _age(deployment, began)
        side.rows.setdefault(f"{end}_deployment", deployment.pk)
    side.rows["deployment"] = side.rows["live_deployment"]


def _deploy(side: Side, account: Account) -> Deployment:
    profile = account.read_profile()
    request = DeploymentRequest(
        account_id=account.pk,
        brand_name=profile["businessName"],
        categories=(profile["businessCategory"],),
        webhook_url=f"https://hooks.{profile['firstName'].lower()}.example/shopiq",
        webhook_secret=_WEBHOOK_SECRET,
    )
    return create_deployment(admission=side.admission("Back office"), shop=request)


def _advance(deployment: Deployment, end: str, began: datetime) -> None:
    if end == "queued":
        Deployment.objects.filter(pk=deployment.pk).update(due_at=ago(hours=-1))
        return
    with as_of(began):
        _build(deployment, end)


def _build(deployment: Deployment, end: str) -> None:
    claimed = claim_next()
    assert claimed == deployment
    step_to_building(claimed)
    if end == "failed":
        claimed.attempts = 3
        record_failure(claimed, error=_ERROR)
    if end in ("created", "live"):
        step_to_created(claimed)
    if end == "live":
        step_to_live(claimed)


def _age(deployment: Deployment, began: datetime) -> None:
    """A build takes some seconds, its publication a few more."""
    deployment.refresh_from_db()
    seconds = {"created_at": 0, "building_at": 1, "generated_at": 14, "ended_at": 19}
    for column, after in seconds.items():
        if getattr(deployment, column):
            setattr(deployment, column, began + timedelta(seconds=after))
    deployment.save(update_fields=list(seconds))
