"""The content and format of log lines."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction

from accounts.keys import generate_key
from accounts.models import User
from config import logging as log_settings
from config.logging import redact
from tests.users import create_user

ID = "65f0a1b2c3d4e5f60718293a"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NjVhIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize("environment", ["live", "test", "management"])
def test_all_kinds_of_keys_are_redacted(environment: str) -> None:
    secret = generate_key(environment).secret

    assert redact(f"x-api-key: {secret}!") == "x-api-key: [redacted]!"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /chat?token={TOKEN}&a=1", "GET /chat?token=[redacted]&a=1"),
        (f"the token {TOKEN} expired", "the token [redacted] expired"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("authorization: bearer  abc", "authorization: [redacted]"),
        ('{"authorization": "Bearer abc", "a": 1}', '{"authorization": "[redacted]", "a": 1}'),
        ("/chat?token=plain-secret", "/chat?token=[redacted]"),
        (f"Forbidden: /invitations/{'aB-_' * 10}/", "Forbidden: /invitations/[redacted]/"),
        (f"/team/invitations/{ID}/resend/", f"/team/invitations/{ID}/resend/"),
        (f"Forbidden: /confirm-email/Mg:1w{'aB-_' * 10}/", "Forbidden: /confirm-email/[redacted]/"),
        ("/confirm-email/resend/", "/confirm-email/resend/"),
        ("/password/reset/key/1-d2f3ab-0123456789abcdef/", "/password/reset/key/[redacted]/"),
        ("/password/reset/key/1-set-password/", "/password/reset/key/[redacted]/"),
        ("a sentence about tokens and sq_ keys", "a sentence about tokens and sq_ keys"),
    ],
)
def test_tokens_are_redacted_and_nothing_else(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """Capture the output of the production configuration, and restore that of the tests."""
    output = io.StringIO()
    configuration = log_settings.configuration(level="INFO", as_json=True)
    configuration["handlers"]["stderr"]["stream"] = output
    before = logging.getLogger().handlers[:]
    logging.config.dictConfig(configuration)
    yield output
    logging.config.dictConfig(django_settings.LOGGING)
    logging.getLogger().handlers[:] = before


def lines(printed: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def test_a_line_in_production_is_one_json_object(printed: io.StringIO) -> None:
    structlog.get_logger("a.test").info("it happened", count=3)

    [line] = lines(printed)
    assert (line["event"], line["count"], line["level"]) == ("it happened", 3, "info")
    assert line["logger"] == "a.test"
    assert line["timestamp"].endswith("Z")


def test_secrets_are_redacted_however_they_are_logged(printed: io.StringIO) -> None:
    secret = generate_key("live").secret
    log = structlog.get_logger("a.test")
    plain = logging.getLogger("third.party")

    log.error(f"failed for {secret}", header=f"Bearer {secret}")
    log.error("failed for %s", secret)
    log.error("failed", headers={"x-api-key": secret}, given=[secret, (TOKEN,)])
    log.error("failed", error=ValueError(secret), headers={"authorization": f"Bearer {secret}"})
    plain.error("failed for %s", secret)
    plain.error("failed for %(key)s", {"key": secret})
    try:
        raise ValueError(f"cannot read {secret}")
    except ValueError as error:
        log.exception("crashed")
        log.error("crashed", exc_info=error)
        plain.exception("crashed")

    assert len(lines(printed)) == 9
    assert printed.getvalue().count("ValueError: cannot read [redacted]") == 3
    assert secret not in printed.getvalue()
    assert secret[8:-6] not in printed.getvalue()
    assert TOKEN not in printed.getvalue()


@pytest.mark.django_db
def test_the_values_of_a_row_that_the_database_refuses_are_redacted(printed: io.StringIO) -> None:
    user = create_user(None, email="asha@zenith.test")
    try:
        with transaction.atomic():
            User.objects.create_user(user.email, None, name="Other")
    except IntegrityError as error:
        structlog.get_logger("a.test").error("failed", error=str(error))
        structlog.get_logger("a.test").exception("failed")
        logging.getLogger("third.party").error("failed: %s", error)

    assert user.email not in printed.getvalue()
    assert [line["event"].partition(":")[0] for line in lines(printed)] == ["failed"] * 3
    assert printed.getvalue().count("duplicate key value violates unique constraint") >= 3
    assert "test_logging.py" in lines(printed)[1]["exception"]


def test_lines_of_one_request_carry_its_id(printed: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="a-request"):
        structlog.get_logger("a.test").warning("ours")
        logging.getLogger("third.party").warning("theirs")

    assert [line["request_id"] for line in lines(printed)] == ["a-request"] * 2
