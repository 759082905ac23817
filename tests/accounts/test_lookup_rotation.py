"""`manage.py rotate_lookup_key` replaces the key by which accounts are found."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account
from accounts.services import lookup_rotation
from config.db.canaries import find_wrong_keys
from tests.merchants import PartnerServer, merchant

NEW = "another-lookup-key-9fK2mQ7rV4tX1aB5cD8eF3gH"


@pytest.fixture(autouse=True)
def _canaries(key_canaries: None) -> None: ...


@pytest.fixture
def ids(server: PartnerServer) -> list[str]:
    return [server.create(number) for number in range(5)]


def use_new_key(settings: Any) -> None:
    former, settings.LOOKUP_KEY = settings.LOOKUP_KEY, NEW
    settings.LOOKUP_KEY_FALLBACKS = [former]


def find(server: PartnerServer, number: int) -> bool:
    query = {"email": merchant(number)["email"]}
    created: bool = server.get("isAccountCreated", **query).json()["isCreated"]
    return created


def rotate() -> str:
    output = StringIO()
    call_command("rotate_lookup_key", stdout=output)
    return output.getvalue()


def test_accounts_are_found_and_unique_before_during_and_after(
    server: PartnerServer, ids: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup_rotation, "_BATCH", 2)
    use_new_key(settings)

    for done in lookup_rotation.rotate_lookup_key():
        assert done <= len(ids)
        assert all(find(server, number) for number in range(5))
        for number in range(5):
            assert server.post("createAccount", merchant(number)).status_code == 409
            other = merchant(number) | {"email": "other@nova.test"}
            assert server.post("createAccount", other).status_code == 409
        phone = merchant(4)["mobileNumber"]
        assert (
            server.put("updateAccount", {"accountId": ids[0], "mobileNumber": phone}).status_code
            == 409
        )
        assert (
            server.put("updateAccount", {"accountId": ids[4], "mobileNumber": phone}).status_code
            == 200
        )

    settings.LOOKUP_KEY_FALLBACKS = []
    assert find_wrong_keys() == []
    assert all(find(server, number) for number in range(5))
    assert server.post("createAccount", merchant(3)).status_code == 409


def test_the_former_key_is_needed_until_the_command_has_finished(
    ids: list[str], settings: Any
) -> None:
    use_new_key(settings)
    assert find_wrong_keys() == []

    settings.LOOKUP_KEY_FALLBACKS = []
    assert "LOOKUP_KEY is not the one" in find_wrong_keys()[0]


def test_a_retry_with_an_idempotency_key_is_recognized(
    server: PartnerServer, settings: Any
) -> None:
    headers = {"Idempotency-Key": "once"}
    first = server.post("createAccount", merchant(1), **headers)
    use_new_key(settings)

    again = server.post("createAccount", merchant(1), **headers)

    assert (again.status_code, again.content) == (first.status_code, first.content)


def test_an_account_that_a_process_with_the_former_key_created_twice_is_named(
    server: PartnerServer, ids: list[str], settings: Any
) -> None:
    Account.objects.filter(pk=ids[0]).update(email_hash=b"of a key that is not configured")
    double = server.create(7, email=merchant(0)["email"])

    with pytest.raises(CommandError, match=f"({ids[0]}|{double}) has the email"):
        rotate()

    Account.objects.filter(pk=double).delete()
    assert "5 accounts\nAll accounts are found" in rotate()
