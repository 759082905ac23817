"""Every error that the documentation names can be produced, in its words.

That every error which is produced is documented, `tests/described.py` sees to: it looks at each
response of all tests.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from accounts.services.partners import deactivate_partner
from config.api.error_codes import error_codes
from config.documentation.contents import all_pages
from config.documentation.rendering import page_markdown
from config.openapi.generator import read_schema
from config.openapi.postman import resolve
from deployments.models import Website
from deployments.pipeline import run_due
from deployments.services.site_takedowns import take_down_site
from tests.billing.spending import limit
from tests.deployments.deployment_fakes import RECEIVER, install_fakes, shop_body
from tests.described import shape_of
from tests.documentation.error_calls import CALLS
from tests.factories import Keys, allow_network, bucket, partner_with_keys
from tests.merchants import PartnerServer, merchant

#: Code, status, and the message without what differs between calls.
Error = tuple[str, int, str]

CREATE, ENHANCE, USAGE = (f"/partner/v1/image/{name}" for name in ("create", "enhance", "usage"))
#: Errors that need more than a call, the tests that produce them, and what these expect.
ELSEWHERE = {
    "idempotency_key_in_use": ("accounts/test_create_account.py", "is still in progress"),
    "internal_error": ("config/test_envelope.py", "Internal server error"),
    "invalid_body": ("config/test_gunicorn.py", "Request body could not be read"),
    "malformed_http": ("test_corpus_on_the_wire.py", "malformed_http"),
    "operation_cancelled": ("imaging/test_cancelled_calls.py", "The call was cancelled."),
    "request_timeout": ("config/test_slow_clients.py", "408 Request Timeout"),
    "too_many_connections": ("config/test_address_connections.py", "HTTP/1.1 429"),
    "too_many_undecodable_images": ("imaging/test_decode_failures.py", "could not be decoded"),
    "unavailable": ("config/test_connection_limits.py", "503"),
}
#: Only a fault of ours could lead to it.
FALLBACK = "invalid_request"


class Caller:
    """Sends calls of one sandbox and keeps the errors."""

    def __init__(self) -> None:
        self.keys = partner_with_keys()
        self.errors: set[Error] = set()
        self._client = Client(raise_request_exception=False)
        self._own: dict[str, Any] = {}

    def restart(self) -> None:
        """Use the settings as they are now."""
        self._client = Client(raise_request_exception=False)

    def prepare(self) -> None:
        server = PartnerServer(self.keys.management_test)
        account, building, self._own["{free}"] = (server.create(number) for number in range(3))
        shop = server.post("createAndDeploy", shop_body(account)).json()["identifier"]
        run_due()
        later = server.post("createAndDeploy", shop_body(building)).json()["identifier"]
        for number, country in ((7, 91), (8, 1)):
            server.create(number, mobileNumber={"value": "9123456789", "countryCode": country})
        self._own |= {
            "{account}": account,
            "{shop}": shop,
            "{building}": later,
            "{shared}": "9123456789",
            "{hook}": RECEIVER,
            "{email}": merchant(0)["email"],
        }

    def send(
        self, method: str, path: str, body: Any, headers: dict[str, str], key: str = ""
    ) -> Any:
        for name, value in self._own.items():
            path = path.replace(name, value)
        is_image = path.startswith("/partner/")
        own = self.keys.test if is_image else self.keys.management_test
        content = body if isinstance(body, bytes) else b"" if body is None else self._json(body)
        response = self._client.generic(
            method,
            path,
            content,
            content_type=headers.get("Content-Type", "application/json" if content else ""),
            headers={"x-api-key": key or own, **headers},
        )
        if response.status_code >= 400:
            answer = response.json()
            shape = shape_of(answer["message"])
            self.errors.add((answer["code"], response.status_code, shape))
        return response

    def _json(self, body: Any) -> bytes:
        text = json.dumps(body)
        text = text.replace('"{mobile}"', '{"value": "9876500000", "countryCode": 91}')
        for name, value in self._own.items():
            text = text.replace(name, value)
        return text.encode()


#: What the first test of this process has produced.
_known: set[Error] = set()


@pytest.fixture
def produced(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> set[Error]:
    """Produce every error that a call, a key or a setting brings about."""
    if _known:
        return _known
    install_fakes(monkeypatch)
    caller = Caller()
    caller.prepare()
    for call in CALLS:
        caller.send(*call)
    _change_shops(caller)
    _repeat_calls(caller)
    _spend_points(caller)
    _be_refused(caller, settings)
    _known.update(caller.errors)
    return _known


def _change_shops(caller: Caller) -> None:
    for _ in range(2):
        caller.send("POST", "/api/v2/third-party/deployments/{shop}/rebuild", {}, {})
    run_due()
    for website in Website.objects.all():
        take_down_site(website=website, reason="Counterfeits", actor="t")
    caller.send("POST", "/api/v2/third-party/deployments/{shop}/rebuild", {}, {})


def _repeat_calls(caller: Caller) -> None:
    once = {"Idempotency-Key": "once"}
    for prompt in ("A red shoe", "A blue shoe"):
        made = caller.send("POST", CREATE, {"prompt": prompt}, once)
        if made.status_code == 200:
            path = f"/partner/v1/image/operations/{made.headers['X-Operation-Id']}/cancel"
            caller.send("POST", path, None, {})


def _spend_points(caller: Caller) -> None:
    prompt, live = {"prompt": "A red shoe"}, caller.keys.live
    caller.send("POST", CREATE, prompt, {}, live)
    bucket(caller.keys.partner, 100_000)
    caller.send("POST", ENHANCE, {"images": ["http://127.0.0.1:9/a.png"]}, {}, live)
    limit(caller.keys, day=1)
    caller.send("POST", CREATE, prompt, {}, live)


def _be_refused(caller: Caller, settings: Any) -> None:
    def use(**fields: Any) -> tuple[Keys, Any]:
        keys = partner_with_keys(**fields)
        return keys, keys.key("test")

    def call(key: str) -> None:
        caller.send("GET", USAGE, None, {}, key)

    keys, key = use()
    key.permissions = ["image.create"]
    key.save()
    call(keys.test)
    keys, key = use()
    key.expires_at = timezone.now() - timedelta(days=1)
    key.save()
    call(keys.test)
    keys, key = use()
    allow_network(key, "203.0.113.0/24")
    call(keys.test)
    keys, _ = use()
    deactivate_partner(partner=keys.partner, actor="t", reason="Fraud")
    call(keys.test)
    for limits in ({"requests_per_minute": 1}, {"requests_per_day": 1}):
        keys, _ = use(**limits)
        call(keys.test)
        call(keys.test)
    call("sq_test_unknown")
    caller.send("GET", USAGE, None, {"x-api-key": ""})
    settings.REFUSED_CALLS_PER_MINUTE = 1
    caller.restart()
    for _ in range(9):
        call("sq_test_unknown")
    settings.SECURE_SSL_REDIRECT = True
    caller.restart()
    call(caller.keys.test)


def described() -> set[Error]:
    """Return the errors of all endpoints, from the OpenAPI description."""
    schema = read_schema()
    operations = [each for path in schema["paths"].values() for each in path.values()]
    return {
        (example["value"]["code"], int(status), shape_of(example["value"]["message"]))
        for operation in operations
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for example in resolve(schema, response)["content"]["application/json"]["examples"].values()
    }


def test_every_described_error_can_be_produced(produced: set[Error]) -> None:
    missing = {each for each in described() - produced if each[0] not in ELSEWHERE}
    assert not missing, "\n".join(map(str, sorted(missing)))


def test_every_declared_code_is_produced_here_or_by_another_test(produced: set[Error]) -> None:
    codes = {code for code, _, _ in produced} | ELSEWHERE.keys() | {FALLBACK}
    assert codes == {code.name for code in error_codes()}
    for file, expected in ELSEWHERE.values():
        assert expected in Path(django_settings.BASE_DIR, "tests", file).read_text(), file


def test_every_message_that_a_page_names_is_one_of_an_error(produced: set[Error]) -> None:
    known = {(status, message) for _, status, message in described() | produced}
    for page in all_pages().values():
        for status, message in named_in(page_markdown(page)):
            assert (status, shape_of(message)) in known, (page.path, status, message)


def named_in(text: str) -> list[tuple[int, str]]:
    """Return statuses and messages, from the rows of tables and from lists such as "404: `…`"."""
    rows = re.findall(r"^\| (4\d\d|5\d\d) \| `([^`]+)` \|", text, re.MULTILINE)
    for status, listed in re.findall(r"\b(4\d\d): ((?:`[^`]+`(?:,\s+(?:and )?|\s+and )?)+)", text):
        rows += [(status, " ".join(each.split())) for each in re.findall(r"`([^`]+)`", listed)]
    return [(int(status), message) for status, message in rows]
