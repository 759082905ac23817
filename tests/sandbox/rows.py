"""A shop of a namespace, with all that has an id."""

from __future__ import annotations

from tests.merchants import PartnerServer
from tests.test_isolation import (
    CONNECT,
    DEPLOY,
    Names,
)


def fill(by: PartnerServer) -> Names:
    """Make an account with all that an account can have."""
    mobile = {"value": "9876543210", "countryCode": 91}
    account = by.create(email="nova@example.com", mobileNumber=mobile)
    by.post("connectIntegration", {**CONNECT, "shopIQAccountId": account})
    link = by.post("generateAutoLoginUrl", {"accountId": account}).json()["linkId"]
    shop = by.post("createAndDeploy", {**DEPLOY, "accountId": account}).json()["identifier"]
    event = by.get("events").json()["data"][-1]["eventId"]
    webhook = by.get("webhooks").json()["data"][-1]["webhookId"]
    return {
        "account": account,
        "email": "nova@example.com",
        "phone": "9876543210",
        "link": link,
        "shop": shop,
        "event": event,
        "webhook": webhook,
    }
