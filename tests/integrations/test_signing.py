"""The bytes of webhooks, verified by the receiver of the API documentation."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import urllib3

from billing.points import to_number
from integrations.signatures.signing import encode_event, headers_of, signature, standard_signature

SECRET = 'whsec_ नोवा 🛍️ "quoted"'
EXAMPLE = {
    "event": "website.building",
    "accountId": "665a1f2e3b4c5d6e7f8a9b0c",
    "identifier": "nova-retail-abc123",
    "message": "AI is building your website...",
    "timestamp": "2025-07-15T10:30:00.000Z",
}
TRICKY = [
    *map(chr, range(0xA1)),
    *"\u00ad\u0600\u061c\u070f\u180e\u200b\u200d\u2028\u2029\u2060\ufdd0\ufeff\ufff9\uffff",
    *"\U0001f600\U0010ffff\ud7ff\ue000",
    *("नोवा रिटेल", "ज़्यादा", "السوق", "東京", "👩‍👩‍👧‍👦", "é", "e\u0301", "🇮🇳"),
    *('"', "\\", "\\\\", "\\u2028", "\\n", "</script>", "<!--", "/", "'", "&", "%00", "${x}"),
    *("1e400", "1E5", "-0", "0.10", "12345678901234567890", "5e-324", "NaN", "null", "true"),
    *("__proto__", "constructor", "{}", "[]", "\r\n", "\t", "  "),
]


@pytest.fixture(scope="module")
def receiver() -> Iterator[str]:
    """The URL of the documented receiver."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    script = Path(__file__).with_name("receiver.js")
    with subprocess.Popen(
        [node, str(script), SECRET], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/webhooks/shopiq"
        process.stdin.close()


def payloads(count: int) -> Iterator[dict[str, Any]]:
    """Each tricky text alone, then mixtures of them."""
    for text in TRICKY:
        yield {**EXAMPLE, "message": text, "error": f"a{text}b"}
        yield {**EXAMPLE, "metadata": {"b": text, "a.2": "1", "a.1": ""}}
    for points in (*range(0, 2_000, 9), *range(10**11, 10**11 + 50)):
        yield {**EXAMPLE, "pointsUsed": to_number(points)}
    dice = random.Random(7)
    for _ in range(count - len(TRICKY)):
        texts = ("".join(dice.choices(TRICKY, k=dice.randrange(30))) for _ in range(3))
        yield {**EXAMPLE, **dict(zip(("message", "error", "identifier"), texts, strict=True))}


def test_the_documented_receiver_verifies_every_payload(receiver: str) -> None:
    http = urllib3.PoolManager(maxsize=4, retries=False)

    def status(payload: dict[str, Any]) -> int:
        body = encode_event(payload)
        headers = headers_of("0" * 24, 1_752_575_400, body, SECRET)
        return http.request("POST", receiver, body=body, headers=headers).status

    sent = list(payloads(5_000))
    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(status, sent))

    refused = [payload for payload, code in zip(sent, statuses, strict=True) if code != 200]
    assert not refused, (len(refused), refused[:3])


def test_the_documented_receiver_rejects_changed_bodies(receiver: str) -> None:
    body = encode_event(EXAMPLE)
    headers = headers_of("0" * 24, 1_752_575_400, body, SECRET)
    for changed in (body.replace(b"nova", b"evil"), body[:-1] + b',"a":"b"}'):
        assert urllib3.request("POST", receiver, body=changed, headers=headers).status == 401
    other = {**headers, "x-shopiq-signature": signature(body, "another secret")}
    assert urllib3.request("POST", receiver, body=body, headers=other).status == 401


def test_a_lone_surrogate_is_rejected() -> None:
    """No UTF-8 spells it; a payload that held one could never be verified."""
    with pytest.raises(UnicodeEncodeError):
        encode_event({**EXAMPLE, "message": "\ud800"})


def test_the_bytes_are_compact_in_the_documented_order_and_unescaped() -> None:
    body = encode_event({**EXAMPLE, "message": "नोवा"})

    assert body.decode() == (
        '{"event":"website.building","accountId":"665a1f2e3b4c5d6e7f8a9b0c",'
        '"identifier":"nova-retail-abc123","message":"नोवा",'
        '"timestamp":"2025-07-15T10:30:00.000Z"}'
    )
    assert json.loads(body) == {**EXAMPLE, "message": "नोवा"}


def test_the_signature_is_the_hmac_of_the_bytes() -> None:
    body = encode_event(EXAMPLE)

    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert signature(body, SECRET) == f"sha256={expected}"


def test_the_headers_name_event_and_attempt() -> None:
    headers = headers_of("665a1f2e3b4c5d6e7f8a9b0c", 1_752_575_400, b"{}", SECRET)

    assert headers == {
        "Content-Type": "application/json",
        "webhook-id": "665a1f2e3b4c5d6e7f8a9b0c",
        "webhook-timestamp": "1752575400",
        "webhook-signature": standard_signature(
            "665a1f2e3b4c5d6e7f8a9b0c", 1_752_575_400, b"{}", SECRET
        ),
        "x-shopiq-signature": signature(b"{}", SECRET),
    }


def test_without_a_secret_nothing_is_signed() -> None:
    assert list(headers_of("0" * 24, 0, b"{}", "")) == [
        "Content-Type",
        "webhook-id",
        "webhook-timestamp",
    ]
