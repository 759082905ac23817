"""Deployments requested at a steady rate, during all kills. Needs `django.setup()`."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from django.db import Error, connection

from accounts.models import Account, Partner
from accounts.services.accounts import DuplicateAccount, create_account
from accounts.services.authorization import Admission
from benchmarks.shops.receiver import SECRET
from config.db.owned import PLATFORM_ID
from deployments.categories import CATEGORIES
from deployments.models import Deployment
from deployments.services.creation import DeploymentRequest, WebsiteExists, create_deployment

_BRANDS = ("Nova Retail", "नोवा रिटेल", "Müller & Söhne", "東京 Store", 'Ümit\'s "Best"')
_PARTNERS = 4


@dataclass
class DeploymentRequests:
    """Requests `count` deployments, one every `pause` seconds, in a thread."""

    count: int
    pause: float
    url: str
    requested: dict[str, str] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)

    def start(self) -> threading.Thread:
        partners = [Partner.objects.create(name=f"Partner {n}").id for n in range(_PARTNERS)]
        connection.close()
        thread = threading.Thread(target=self._run, args=(partners,), daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._ending.set()

    def _run(self, partners: list[str]) -> None:
        for number in range(self.count):
            started = time.monotonic()
            while not self._ending.is_set() and not self._request(partners, number):
                self._ending.wait(0.1)
            self._ending.wait(max(0.0, self.pause - (time.monotonic() - started)))
        connection.close()

    def _request(self, partners: list[str], number: int) -> bool:
        """Return False if the database was unavailable; what was committed stays."""
        admission = _admission_of(partners[number % _PARTNERS])
        email = f"merchant{number}@example.com"
        try:
            account = _account(admission, email, number)
            try:
                deployment = create_deployment(
                    admission=admission, shop=self._shop(account.id, number)
                )
            except WebsiteExists:
                deployment = Deployment.objects.get(website__account=account)
            self.requested[deployment.id] = deployment.website.identifier
        except Error:
            connection.close()
            return False
        return True

    def _shop(self, account_id: str, number: int) -> DeploymentRequest:
        return DeploymentRequest(
            account_id=account_id,
            brand_name=_BRANDS[number % len(_BRANDS)],
            categories=(CATEGORIES[number % len(CATEGORIES)],),
            webhook_url=self.url,
            webhook_secret=SECRET,
        )


def _account(admission: Admission, email: str, number: int) -> Account:
    mobile = {"countryCode": 91, "value": str(9_000_000_000 + number)}
    try:
        return create_account(admission=admission, values={"email": email, "mobileNumber": mobile})
    except DuplicateAccount:
        return Account.objects.with_email(email, owner=PLATFORM_ID).get()


def _admission_of(partner_id: str) -> Admission:
    return Admission(
        denied_by=None,
        company_id=partner_id,
        partner_name="",
        key_id="",
        environment="management",
        minute=None,
        day=None,
        retry_after=None,
    )
