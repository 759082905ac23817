"""The rows that the samples of the documentation name, in a sandbox of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.api.descriptions import ID
from config.documentation.samples import PLACEHOLDERS
from deployments.api.examples import IDENTIFIER
from deployments.pipeline import run_due
from imaging.models import ImageOperation
from integrations.models import WebhookDelivery, WebhookReceiver
from tests.deployments.deployment_fakes import RECEIVER, install_fakes, shop_body
from tests.factories import partner_with_keys
from tests.imaging.calls import CREATE, PROMPT
from tests.merchants import PartnerServer

#: Addresses of the samples that lead nowhere, and addresses of this machine in their place.
_URLS = {
    "https://your-server.com/webhooks/shopiq": RECEIVER,
    "https://your-server.com/webhooks/all": "http://127.0.0.1:9/all",
}
_LINK, _WEBHOOK, _DEPLOYMENT = (f"665a1f2e3b4c5d6e7f8a9b{end}" for end in ("0e", "11", "0f"))


class SampleRows:
    """A partner for the samples of one language; each sample finds what it needs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install_fakes(monkeypatch)
        self.keys = partner_with_keys()
        self._server = PartnerServer(self.keys.management_test)
        accounts = [self._server.create(number) for number in range(6)]
        main, deleted, without_shop, rebuilt, rolled_back, building = accounts
        self._connect(main)
        shops = [self._deploy(account) for account in (main, rebuilt, rolled_back)]
        run_due()
        self._server.post(f"deployments/{shops[2]}/rebuild", {})
        run_due()
        self._values = {_LINK: self._link(main), _WEBHOOK: WebhookReceiver.objects.get().pk}
        self._ids = {
            "accounts.delete": deleted,
            "deployments.create": without_shop,
            "events.read": WebhookDelivery.objects.earliest("pk").pk,
            "webhooks.update": self._values[_WEBHOOK],
            "webhooks.enable": self._values[_WEBHOOK],
            "image.operations": self._call(),
            "image.operations.cancel": self._endless_call(),
        }
        self._shops = {
            "deployments.rebuild": shops[1],
            "deployments.rollback": shops[2],
            "deployments.cancel": self._deploy(building),
        }
        self._main, self._main_shop = main, shops[0]

    def fill(self, text: str, endpoint: str = "") -> str:
        """Put own keys, IDs and addresses into a sample."""
        own = {
            PLACEHOLDERS["image"]: self.keys.test,
            PLACEHOLDERS["management"]: self.keys.management_test,
            "your-api-key-here": self.keys.management_test,
            ID: self._ids.get(endpoint, self._main),
            IDENTIFIER: self._shops.get(endpoint, self._main_shop),
            **self._values,
            **_URLS,
        }
        for placeholder, value in own.items():
            text = text.replace(placeholder, value)
        return text

    def _connect(self, account: str) -> None:
        body = {
            "shopIQAccountId": account,
            "integrationName": "yourIntegration",
            "credentials": {"apiKey": "k", "userId": "u"},
        }
        assert self._server.post("connectIntegration", body).status_code == 200

    def _link(self, account: str) -> str:
        made = self._server.post("generateAutoLoginUrl", {"accountId": account})
        return str(made.json()["linkId"])

    def _deploy(self, account: str) -> str:
        response = self._server.post("createAndDeploy", shop_body(account))
        assert response.status_code == 202, response.content
        return str(response.json()["identifier"])

    def _endless_call(self) -> str:
        """Of 30 seconds, a loaded machine would leave none to the sample that cancels it."""
        operation = self._call(**{"X-ShopIQ-Simulate": "slow"})
        tomorrow = timezone.now() + timedelta(days=1)
        ImageOperation.objects.filter(pk=operation).update(test_ends_at=tomorrow)
        return operation

    def _call(self, **headers: str) -> str:
        """Start an image call and return the ID of its operation."""
        client: Any = self._server._client
        sent = {"x-api-key": self.keys.test, "Prefer": "respond-async", **headers}
        response = client.post(CREATE, PROMPT, content_type="application/json", headers=sent)
        assert response.status_code == 202, response.content
        return str(response.headers["X-Operation-Id"])
