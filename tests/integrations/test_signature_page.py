"""The page of the signature debugger."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from integrations.models import WebhookDelivery
from integrations.services.endpoints import add_endpoint
from integrations.signatures.signing import signature
from tests.factories import Keys, partner_with_keys
from tests.integrations.outbox import SECRET, add, endpoint_of
from tests.integrations.pages import (
    DEBUGGER,
    EVENT,
    STREAM,
    page,
    text,
)
from tests.merchants import UNKNOWN_ID


def compare(visitor: Client, **fields: str) -> Any:
    response = visitor.post(DEBUGGER, fields)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    if secret := fields.get("secret"):
        assert secret not in html.unescape(response.content.decode())
    return response


def right(delivery: WebhookDelivery) -> dict[str, str]:
    """Return the input of a receiver that does everything right."""
    body = bytes(delivery.body)
    return {"body": body.decode(), "header": signature(body, SECRET), "secret": SECRET}


def test_a_matching_input_is_reported(visitor: Client, failed: WebhookDelivery) -> None:
    assert "The signature verifies" in compare(visitor, **right(failed)).content.decode()


def test_an_example_has_a_fault_to_find(visitor: Client) -> None:
    example = page(visitor, DEBUGGER, example="1")
    fields = dict(re.findall(r'name="(header|secret)" value="([^"]*)"', example))
    body = re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", example)[0]

    verdict = compare(visitor, body=html.unescape(body), **fields).content.decode()

    assert "The JSON has extra spaces" in verdict


def test_the_fault_is_named_and_the_stored_delivery_found(
    visitor: Client, failed: WebhookDelivery
) -> None:
    body = json.dumps(json.loads(bytes(failed.body)), indent=2).replace("\n", "\r\n")

    content = compare(visitor, **{**right(failed), "body": body}).content.decode()
    for words in ("2 problems found", "The JSON has extra spaces", "\\u escapes", failed.pk):
        assert words in content


def test_another_endpoints_secret_is_identified_but_not_shown(
    visitor: Client, keys: Keys, failed: WebhookDelivery
) -> None:
    fields = {**right(failed), "secret": "whsec_of_the_wrong_shop"}

    content = compare(visitor, **fields).content.decode()
    assert "The secret is wrong" in content
    assert failed.endpoint.url in content
    assert SECRET not in content


def test_secrets_of_other_partners_are_not_tried(visitor: Client, failed: WebhookDelivery) -> None:
    stranger = partner_with_keys(name="Stranger").partner
    add_endpoint(partner_id=stranger.id, url="https://theirs.example/", secret="theirs")
    fields = {**right(failed), "header": signature(bytes(failed.body), "theirs")}

    content = compare(visitor, **fields).content.decode()
    assert "theirs.example" not in content
    assert "The signature belongs to another delivery" in content


def test_the_form_is_prefilled_without_the_secret(visitor: Client, failed: WebhookDelivery) -> None:
    content = text(visitor, DEBUGGER, delivery=failed.pk)

    assert bytes(failed.body).decode() in content
    assert signature(bytes(failed.body), SECRET) in content
    assert SECRET not in content


def test_an_unsigned_delivery_is_reported(visitor: Client, keys: Keys) -> None:
    [delivery_id] = add(endpoint_of(keys.partner, secret=""), STREAM, EVENT)

    content = compare(visitor, body="{}", header="", secret="x-any-secret", delivery=delivery_id)
    assert "sent without a signature" in content.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"delivery": UNKNOWN_ID}, "No delivery has this ID"),
        ({"delivery": "x"}, "Enter 24 characters, 0-9 and a-f"),
        ({"body": "x" * 20_001}, "Use 20000 characters or fewer."),
        ({"secret": ""}, "Enter a value."),
        ({"body": "\x00"}, "Remove the null characters"),
        ({"secret": "\x00-secret"}, "Remove the null characters"),
        ({"body": '{"timestamp":"9999-12-31T23:59:59Z"}'}, "The secret or the body is wrong"),
        ({"body": '{"timestamp":["x"]}'}, "The secret or the body is wrong"),
        ({"body": '{"timestamp":"2026-01-01"}'}, "The secret or the body is wrong"),
        ({"body": "[" * 19_000}, "The secret or the body is wrong"),
        ({"header": "\ud83d"}, "not a signature"),
        ({"header": ""}, "The header is missing"),
    ],
)
def test_malformed_input_shows_a_page(
    visitor: Client, failed: WebhookDelivery, fields: dict[str, str], words: str
) -> None:
    given = {**right(failed), "secret": "whsec_something_else", **fields}
    given = {name: value.encode("utf-8", "replace").decode() for name, value in given.items()}

    assert words in html.unescape(compare(visitor, **given).content.decode())


def test_an_unprintable_name_is_escaped(visitor: Client, failed: WebhookDelivery) -> None:
    body = {**json.loads(bytes(failed.body)), "\ud83d": "x"}

    content = compare(visitor, **{**right(failed), "body": json.dumps(body)}).content.decode()
    assert "The body is not the one we sent" in content
    assert "<code>\\ud83d</code>" in content


def test_the_python_example_verifies_the_raw_body(visitor: Client) -> None:
    blocks = re.findall(r"<code>(import hashlib.*?)</code>", page(visitor, DEBUGGER), re.DOTALL)
    [source] = [html.unescape(block).partition("@app")[0] for block in blocks]
    names: dict[str, Any] = {}
    exec(source, names)

    body = "नोवा".encode()
    assert names["is_genuine"](body, signature(body, SECRET), SECRET)
    assert not names["is_genuine"](body + b"\n", signature(body, SECRET), SECRET)
    assert not names["is_genuine"](body, "é", SECRET)
