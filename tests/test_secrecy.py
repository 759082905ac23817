"""A stolen database or log reveals no secrets."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from accounts.models import RequestLog
from accounts.request_log.writer import writer
from config.local.postgres.cluster import installed_binaries
from tests.factories import Keys
from tests.merchants import BASE, PartnerServer
from tests.web import WebServer, database_url

EMAIL, PHONE = "sarah.secret@novaretail.com", "9876512345"
CREDENTIALS = {"apiKey": "pk_live_Zq81nTf63xYc", "userId": "usr_Ht52mWk90"}
#: Words of the optional fields: they are encrypted as well.
PROFILE: dict[str, Any] = {
    "firstName": "Sarahsfirstname",
    "address": {"addLineOne": "42 Secretive Street"},
}


def test_a_dump_and_the_logs_have_no_plaintext_secrets(
    keys: Keys, web_server: Callable[..., WebServer]
) -> None:
    web = web_server(workers=1, env={"LOG_LEVEL": "DEBUG"})
    token = _use_every_feature(web, keys)
    web.end_test()
    writer.flush()

    assert RequestLog.objects.filter(path=f"{BASE}createAccount").exists()
    places = {"the database": dump(), "the log": web.read_log().encode().lower()}
    assert b"accounts_account" in places["the database"]
    secrets = [EMAIL, PHONE, *CREDENTIALS.values(), token, token.split(".")[2]]
    secrets += [keys.management, keys.management.partition("_")[2].partition("_")[2]]
    for place, content in places.items():
        for secret in secrets:
            for form in encodings(secret):
                assert form not in content, f"{secret} is in {place}"
    for unkeyed in _unkeyed_hashes():
        assert unkeyed not in places["the database"], "it can be found out by guessing"
    assert PROFILE["firstName"].encode().lower() not in places["the log"]


def test_the_profile_is_encrypted_too(server: PartnerServer) -> None:
    server.create(**PROFILE)

    content = dump()
    for words in (PROFILE["firstName"], PROFILE["address"]["addLineOne"]):
        assert not any(form in content for form in encodings(words))


def _use_every_feature(web: WebServer, keys: Keys) -> str:
    """Use everything that takes a secret, successfully and not; return a token."""
    mobile = {"value": PHONE, "countryCode": 91}

    def post(path: str, body: object, **headers: Any) -> dict[str, str]:
        response = web.post(BASE + path, body, keys.management, **headers)
        return dict(response.json())

    account = {"email": EMAIL, "mobileNumber": mobile}
    made = post("createAccount", account, **{"idempotency-key": "order-1"})
    post("createAccount", account, **{"idempotency-key": "order-2"})
    post("createAccount", {"email": EMAIL, "mobileNumber": {"value": PHONE}})
    post("createAccount", {**account, "firstName": [PROFILE["firstName"]]})
    target = {"shopIQAccountId": made["accountId"], "integrationName": "yourIntegration"}
    post("connectIntegration", {**target, "credentials": CREDENTIALS})
    post("connectIntegration", {**target, "credentials": {**CREDENTIALS, "userId": ""}})
    post("disconnectIntegration", target)
    post("connectIntegration", {**target, "credentials": CREDENTIALS})
    post("generateAutoLoginUrl", {"email": EMAIL})
    for query in (f"email={EMAIL}&phone={PHONE}", f"phone=+91{PHONE}", f"email={quote(EMAIL)}"):
        web.get(f"{BASE}isAccountCreated?{query}", keys.management)
    url = post("generateAutoLoginUrl", {"phone": f"+91{PHONE}"})["redirectUrl"]
    token = url.partition("token=")[2]
    for path in (f"/chat?token={token}", f"/chat/?token={token}", f"/chat?token={token}x"):
        web.get(path, keys.management)
    return token


def encodings(secret: str) -> list[bytes]:
    """Return the secret as it is, in hex as dumps write bytes, and in base64 at any offset."""
    plain = secret.encode()
    shifted = [base64.b64encode(b"-" * lead + plain)[4 : len(plain)] for lead in range(3)]
    return [form.lower() for form in (plain, plain.hex().encode(), *shifted) if len(form) > 6]


def _unkeyed_hashes() -> list[bytes]:
    """Return plain hashes of guessable values: an address, a number, a whole body."""
    body = {"email": EMAIL, "mobileNumber": {"value": PHONE, "countryCode": 91}}
    texts = [EMAIL, PHONE, f"91{PHONE}", f"91:{PHONE}"]
    texts.append(json.dumps(body, sort_keys=True, separators=(",", ":")))
    kinds = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512)
    return [kind(text.encode()).hexdigest().encode() for kind in kinds for text in texts]


def dump() -> bytes:
    """Return the database in lower case, so that the comparison ignores case."""
    owner = str(connection.settings_dict["USER"])
    command = [str(installed_binaries() / "pg_dump"), "--inserts", database_url(owner)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.fail(done.stderr.decode())
    return done.stdout.lower()
