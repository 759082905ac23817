"""`manage.py rotate_keys` works in batches, beside the running service, and can be resumed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.models import Account
from config.db import rotation
from config.db.rotation import Progress, count_outdated, rotate_all
from integrations.models import Connection
from tests.config.test_encryption import key_entry
from tests.merchants import EXAMPLE, PartnerServer

TABLE = "accounts_account"
OLD, NEW = key_entry(1), key_entry(2)
Rows = dict[str, tuple[str, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _old_key(key_canaries: None, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 3)


@pytest.fixture
def ten(server: PartnerServer) -> list[str]:
    """Ids of ten accounts under the old key, one of them connected."""
    ids = [server.create(number, firstName=f"Name {number}") for number in range(10)]
    response = server.post(
        "connectIntegration",
        {
            "shopIQAccountId": ids[0],
            "integrationName": "yourIntegration",
            "credentials": {"apiKey": "k", "userId": "u"},
        },
    )
    assert response.status_code == 200
    return ids


def run() -> list[str]:
    output = StringIO()
    call_command("rotate_keys", stdout=output)
    return output.getvalue().splitlines()


def contents() -> Rows:
    """Return the decrypted contents of all accounts."""
    return {
        account.pk: (
            account.get_decrypted("email") + account.get_decrypted("phone"),
            account.read_profile(),
        )
        for account in Account.objects.all()
    }


def test_progress_is_reported_after_each_batch(
    ten: list[str], small_batches: None, settings: Any
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    lines = run()

    mine = [line for line in lines if line.startswith(f"{TABLE}:")]
    assert mine == [f"{TABLE}: {done} of 10" for done in (0, 3, 6, 9, 10)]
    assert "integrations_connection: 1 of 1" in lines
    assert lines[-1] == "All rows are encrypted with the first key."


def test_the_old_key_is_not_needed_afterwards(ten: list[str], settings: Any) -> None:
    before, moment = contents(), Account.objects.get(pk=ten[0]).updated_at
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    run()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]

    assert contents() == before
    assert Connection.objects.get().read_credentials() == {"apiKey": "k", "userId": "u"}
    # No one changed these accounts.
    assert Account.objects.get(pk=ten[0]).updated_at == moment


#: What the settings are from one restart to the next, until all rows are encrypted again.
STEPS = ([OLD], [OLD, NEW], [NEW, OLD])


@pytest.mark.parametrize(("former", "next_one"), list(pairwise(STEPS)), ids=["learn", "use"])
def test_processes_read_each_other_while_they_are_restarted_one_by_one(
    server: PartnerServer, settings: Any, former: list[str], next_one: list[str]
) -> None:
    for number, (writer, reader) in enumerate([(former, next_one), (next_one, former)]):
        settings.FIELD_ENCRYPTION_KEYS = writer
        created = server.create(number, firstName="Asha")
        settings.FIELD_ENCRYPTION_KEYS = reader
        response = server.get(f"getAccount/{created}")
        assert response.json()["data"]["firstName"] == "Asha"
        server.put("updateAccount", {"accountId": created, "about": "new"})
        settings.FIELD_ENCRYPTION_KEYS = writer
        assert server.get(f"getAccount/{created}").status_code == 200


def test_a_second_run_has_nothing_to_do(ten: list[str], settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    run()
    encrypted = list(Account.objects.order_by("pk").values_list("email", flat=True))

    assert f"{TABLE}: 0 of 0" in run()
    assert list(Account.objects.order_by("pk").values_list("email", flat=True)) == encrypted


def test_an_interrupted_run_can_be_resumed(
    ten: list[str], small_batches: None, settings: Any
) -> None:
    before = contents()
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    steps = rotate_all()
    while next(steps) != Progress(TABLE, 6, 10):
        pass
    del steps

    assert contents() == before
    assert count_outdated() == 5
    assert f"{TABLE}: 0 of 4" in run()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert contents() == before


def test_concurrent_changes_are_kept(
    ten: list[str], small_batches: None, server: PartnerServer, settings: Any
) -> None:
    stop = threading.Event()
    changed: dict[str, str] = {}

    def keep_changing() -> None:
        number = 0
        while not stop.is_set():
            account_id, number = ten[number % 10], number + 1
            response = server.put("updateAccount", {"accountId": account_id, "about": str(number)})
            assert response.status_code == 200
            changed[account_id] = str(number)
        connections.close_all()

    thread = threading.Thread(target=keep_changing)
    thread.start()
    try:
        for version in range(2, 7):
            settings.FIELD_ENCRYPTION_KEYS = [
                key_entry(version),
                *settings.FIELD_ENCRYPTION_KEYS,
            ]
            while count_outdated():
                assert all(step.done <= step.total for step in rotate_all())
    finally:
        stop.set()
        thread.join()

    assert count_outdated() == 0
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    assert {pk: profile["about"] for pk, (_, profile) in contents().items() if pk in changed} == (
        changed
    )


def test_a_change_between_reading_and_writing_is_kept(
    ten: list[str], server: PartnerServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row's lock: an update that comes while its batch is open waits, and stays."""
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    responses: list[Any] = []

    def update() -> None:
        responses.append(server.put("updateAccount", {"accountId": ten[9], "about": "new"}))
        connections.close_all()

    thread = threading.Thread(target=update)
    _during_the_first_encryption(monkeypatch, thread.start)
    run()
    thread.join()

    assert responses[0].status_code == 200
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert contents()[ten[9]][1]["about"] == "new"


def _during_the_first_encryption(monkeypatch: pytest.MonkeyPatch, task: Callable[[], None]) -> None:
    encrypt, once = Account.set_encrypted, iter([task])

    def encrypt_and(self: Account, field: str, text: str) -> None:
        for first in once:
            first()
        encrypt(self, field, text)

    monkeypatch.setattr(Account, "set_encrypted", encrypt_and)


def test_a_missing_old_key_is_named(ten: list[str], settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(CommandError, match="FIELD_ENCRYPTION_KEYS has no version 1"):
        run()


def test_a_wrong_key_is_reported_and_nothing_changes(ten: list[str], settings: Any) -> None:
    before = contents()
    settings.FIELD_ENCRYPTION_KEYS = [NEW, key_entry(1)]
    with pytest.raises(CommandError, match="made with another key"):
        run()

    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    assert contents() == before


def test_rows_written_with_the_old_key_meanwhile_are_reported(
    ten: list[str], server: PartnerServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    encrypted = Account.objects.get(pk=ten[0]).email
    last_save = Connection.save

    def save(self: Connection, **options: Any) -> None:
        last_save(self, **options)
        # As a process does that was not restarted with the new key.
        Account.objects.filter(pk=ten[0]).update(email=encrypted)

    monkeypatch.setattr(Connection, "save", save)
    with pytest.raises(CommandError, match="1 rows were written with an older key meanwhile"):
        run()


def test_an_account_created_with_the_new_key_needs_no_rotation(
    server: PartnerServer, settings: Any
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert server.post("createAccount", EXAMPLE).status_code == 201

    assert count_outdated() == 0
