"""Reservations of dead processes are refunded once and in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now

from billing.models import Charge, DailyUsage
from billing.services import check_ledger
from imaging.models import ImageOperation
from imaging.requests import file_names
from imaging.services import Interrupted, refund_abandoned, refund_expired
from tests.billing.fake_model import HeldGemini, use_model
from tests.billing.operations import balance_of, refund, run_out, start, state_of, succeed
from tests.factories import Keys, bucket, partner_with_keys
from tests.web import WebServer, database_url

CREATE = "/partner/v1/image/create"
BODY = {"prompt": "a teal vase"}


def test_an_operation_whose_lease_ran_out_is_refunded(keys: Keys) -> None:
    operation = start(keys)
    run_out([operation.id])

    assert refund_expired() == 1

    assert state_of(operation) == "refunded"
    assert balance_of(keys) == 100_000
    row = ImageOperation.objects.get()
    assert (row.failure, row.has_thumbnail) == ("abandoned", False)
    assert DailyUsage.objects.get().failed == 1


def test_a_running_lease_and_an_ended_operation_are_left_alone(keys: Keys) -> None:
    running, kept, refunded = start(keys), start(keys), start(keys)
    succeed(kept)
    refund(refunded)

    assert refund_expired() == 0

    assert [state_of(x) for x in (running, kept, refunded)] == ["reserved", "succeeded", "refunded"]
    assert balance_of(keys) == 100_000 - 1_600


def test_sweeping_again_changes_nothing(keys: Keys) -> None:
    run_out([start(keys).id])

    assert [refund_expired(), refund_expired()] == [1, 0]


def test_the_maker_of_a_swept_operation_learns_that_it_is_too_late(keys: Keys) -> None:
    operation = start(keys)
    run_out([operation.id])
    refund_expired()

    with pytest.raises(Interrupted):
        succeed(operation)


def test_a_late_call_that_beats_the_sweeper_keeps_its_charge(keys: Keys) -> None:
    operation = start(keys)
    run_out([operation.id])

    assert succeed(operation).cost == 800
    assert refund_expired() == 0


def test_more_operations_than_fit_into_one_round_are_all_refunded(keys: Keys) -> None:
    poor = partner_with_keys()
    bucket(poor.partner, 1_000_000)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    run_out([start(poor).id for _ in range(230)])

    assert refund_expired() == 230
    assert balance_of(poor) == 1_000_000


def test_one_operation_that_cannot_be_refunded_keeps_no_other_waiting(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if a whole batch were made of such operations.
    monkeypatch.setattr("imaging.services.sweeping._BATCH", 1)
    broken = partner_with_keys()
    damaged = bucket(broken.partner, 800)
    first, other = start(broken), start(keys)
    # As if points had appeared from nowhere: the refund would overfill the bucket.
    damaged.remaining = 800
    damaged.save()
    run_out([first.id])
    run_out([other.id])

    assert refund_expired() == 1

    assert state_of(other) == "refunded"
    assert state_of(first) == "reserved"


def test_the_files_of_a_swept_operation_are_removed(keys: Keys, settings: Any) -> None:
    files = []
    for operation in (start(keys), start(keys)):
        [name] = file_names(keys.partner.id, "create", operation.file_token, 1)
        files.append(Path(settings.MEDIA_ROOT, name))
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        files[-1].write_bytes(b"png")
    run_out([operation.id])

    refund_expired()

    assert [file.exists() for file in files] == [True, False]


def test_only_what_a_dead_instance_held_is_given_back(keys: Keys) -> None:
    dead, alive = start(keys), start(keys)
    Charge.objects.filter(pk=dead.id).update(holder="dead-instance")

    assert refund_abandoned("dead-instance") == 1

    assert (state_of(dead), state_of(alive)) == ("refunded", "reserved")


def test_the_command_sweeps_once(keys: Keys) -> None:
    operation = start(keys)
    run_out([operation.id])

    call_command("sweep", "--once")

    assert state_of(operation) == "refunded"


def test_a_call_whose_server_was_killed_is_refunded_when_its_lease_ends(
    keys: Keys, own_server: Callable[..., WebServer]
) -> None:
    with HeldGemini() as held:
        web = own_server(env=use_model(held.base_url))
        call_until_killed(web, keys, held, signal.SIGKILL)
        held.released.set()
    reserved = Charge.objects.get()
    assert reserved.state == "reserved"
    assert reserved.lease_until - reserved.created_at <= timedelta(minutes=3)

    Charge.objects.update(lease_until=Now() - timedelta(seconds=1))
    done = subprocess.run(
        [sys.executable, "manage.py", "sweep", "--once"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        check=True,
    )

    assert b"Traceback" not in done.stderr
    assert balance_of(keys) == 100_000
    assert check_ledger().ok


def test_a_server_that_must_stop_gives_back_the_calls_it_had_to_cut_off(
    keys: Keys, own_server: Callable[..., WebServer]
) -> None:
    with HeldGemini() as held:
        web = own_server(env={**use_model(held.base_url), "GRACE_SECONDS": "1"})
        call_until_killed(web, keys, held, signal.SIGTERM)
        held.released.set()

    assert Charge.objects.get().state == "refunded"
    assert balance_of(keys) == 100_000


def call_until_killed(web: WebServer, keys: Keys, held: HeldGemini, how: signal.Signals) -> None:
    """Ends the server by a signal to its group while a call waits for the model."""
    request = urllib3.HTTPConnectionPool("127.0.0.1", web.port, retries=False)
    connection_ = request._get_conn()
    connection_.request(
        "POST",
        CREATE,
        body=json.dumps(BODY),
        headers={"x-api-key": keys.live, "Content-Type": "application/json"},
    )
    assert held.waiting.acquire()
    web.stop(how)
    connection_.close()
    request.close()
