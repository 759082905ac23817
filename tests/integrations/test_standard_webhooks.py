"""Signatures, verified by the packages of Standard Webhooks for Python and Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from integrations.signatures.signing import (
    create_secret,
    encode_event,
    headers_of,
    signature,
)

NODE = Path(__file__).with_name("node")
PLAIN = "a secret, not base64: नोवा"
BODY = encode_event({"event": "website.building", "message": "नोवा", "testMode": True})
#: Judges a secret, headers and a body: "verified", or why not.
Library = Callable[[str, dict[str, str], bytes], str]


def in_python(secret: str, headers: dict[str, str], body: bytes) -> str:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError as error:
        return str(error)
    return "verified"


def in_node(secret: str, headers: dict[str, str], body: bytes) -> str:
    line = json.dumps({"secret": secret, "headers": headers, "body": body.decode()})
    run = subprocess.run(
        [shutil.which("node") or "node", str(NODE / "verify.js")],
        input=line,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


@pytest.fixture(params=["python", "node"])
def verify(request: pytest.FixtureRequest) -> Library:
    """Provide each library; without Node or its package, say so, and fail in CI."""
    if request.param == "python":
        return in_python
    if not shutil.which("node"):
        _skip("Node.js is missing")
    if not (NODE / "node_modules").is_dir():
        _skip(f"Run `npm ci` in {NODE.relative_to(Path.cwd())}")
    return in_node


def _skip(reason: str) -> None:
    reason = f"Webhooks are NOT VERIFIED with the package for Node: {reason}."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def encode(secret: str) -> str:
    return b64encode(secret.encode()).decode()


def test_a_delivery_verifies(verify: Library) -> None:
    """A text that is no base64 after `whsec_` is the key itself; the libraries want it encoded."""
    random, now = create_secret(), int(time.time())
    for secret in (PLAIN, "whsec_your_secret_here", random):
        headers = headers_of("0" * 24, now, BODY, secret)
        key = secret if secret == random else encode(secret)
        assert verify(key, headers, BODY) == "verified"


def test_a_changed_or_repeated_delivery_does_not_verify(verify: Library) -> None:
    secret, now = create_secret(), int(time.time())

    changed = verify(secret, headers_of("0" * 24, now, BODY, secret), BODY + b" ")
    assert changed == "No matching signature found"
    repeated = verify(secret, headers_of("0" * 24, now - 600, BODY, secret), BODY)
    assert repeated.lower().endswith("timestamp too old")


def test_both_secrets_verify_while_one_is_rolled(verify: Library) -> None:
    new, previous, now = create_secret(), PLAIN, int(time.time())

    headers = headers_of("0" * 24, now, BODY, new, previous)

    for key in (new, encode(previous)):
        assert verify(key, headers, BODY) == "verified"
    assert verify(create_secret(), headers, BODY) == "No matching signature found"
    # The documented header has room for one: receivers know the previous secret already.
    assert headers["x-shopiq-signature"] == signature(BODY, previous)
