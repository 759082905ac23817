"""The worker as real processes that are stopped or killed."""

from __future__ import annotations

import base64
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task
from django_q.signing import SignedPackage
from django_q.tasks import async_task, queue_size

from deployments.models import Deployment
from integrations.models import WebhookDelivery
from tests.config.test_cache import Attack
from tests.deployments.deployment_fakes import deploy
from tests.merchants import PartnerServer
from tests.servers import Reply, serve, serve_script
from tests.waiting import SOON, wait_for
from tests.web import database_url

Worker = subprocess.Popen[bytes]


#: A worker at whose first look around the library's scheduler would run, if it ran at all.
HASTY = """
import django
django.setup()
from django.core.management import call_command
from django_q.conf import Conf
Conf.GUARD_CYCLE = 30
call_command("work")
"""


@pytest.fixture
def start(live_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts a worker on the test database, and waits for its first task."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DB_POOL_SIZE": "0",
        "SITES_ROOT": str(tmp_path / "sites"),
        "BUILDS_ROOT": str(tmp_path / "builds"),
        "LOG_LEVEL": "CRITICAL",
        "WEBHOOK_TIMEOUT_SECONDS": "120",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    with ExitStack() as stack:

        def start_one(*program: str) -> Worker:
            process = subprocess.Popen(
                [sys.executable, *program],
                cwd=settings.BASE_DIR,
                env=environment,
                start_new_session=True,
            )
            stack.callback(kill, process)
            async_task("time.time")
            wait_for(lambda: queue_size() == 0 and len(family(process.pid)) == 5)
            return process

        yield start_one


def kill(worker: Worker) -> None:
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


@pytest.fixture
def worker(start: Callable[..., Worker]) -> Worker:
    return start("manage.py", "work")


def family(pid: int) -> list[int]:
    """Return the pid of the sentinel, then those of its children: two workers, the monitor, the
    pusher."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    found = [int(child) for child in text.split()]
    return [*found, *(each for child in found for each in family(child))]


def hang(connection: socket.socket) -> None:
    """Read everything and never respond."""
    while connection.recv(65_536):
        pass


def is_alive(pid: int) -> bool:
    """Return whether the process exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.kills
def test_a_deployment_publishes_a_site_and_sends_three_webhooks(
    worker: Worker, server: PartnerServer, tmp_path: Path
) -> None:
    with serve(lambda request: Reply(200)) as receiver:
        deployment = deploy(server, webhookUrl=receiver.url)
        wait_for(lambda: len(receiver.requests) == 3)

    deployment.refresh_from_db()
    assert deployment.state == Deployment.State.LIVE
    site = tmp_path / "sites" / deployment.website.identifier / "production"
    assert "Nova Retail" in (site / "index.html").read_text()
    wait_for(lambda: not WebhookDelivery.objects.exclude(state="delivered").exists())


@pytest.mark.kills
@pytest.mark.parametrize("number", range(1, 5))
def test_killing_one_process_ends_the_whole_worker(worker: Worker, number: int) -> None:
    """Its supervisor restarts a worker that ends; a hanging one would go unnoticed."""
    pids = family(worker.pid)

    os.kill(pids[number], signal.SIGKILL)

    assert worker.wait() == 1
    wait_for(lambda: not any(is_alive(pid) for pid in pids))


@pytest.mark.kills
def test_a_worker_stops_gracefully_without_leftovers(worker: Worker) -> None:
    pids = family(worker.pid)
    started = time.monotonic()

    worker.terminate()

    assert worker.wait() == 0
    assert time.monotonic() - started < SOON
    assert not any(is_alive(pid) for pid in pids)


@pytest.mark.kills
def test_a_hanging_receiver_does_not_delay_a_stop(worker: Worker, server: PartnerServer) -> None:
    with serve_script(hang) as receiver:
        deploy(server, webhookUrl=receiver.url)
        wait_for(lambda: receiver.connections)
        started = time.monotonic()
        worker.terminate()
        assert worker.wait() == 0
    assert time.monotonic() - started < SOON


@pytest.mark.kills
def test_forged_rows_run_nothing(start: Callable[..., Worker], tmp_path: Path) -> None:
    """A schedule, a message that is not signed by us, and an earlier result of a failed task."""
    proof = tmp_path / "ran"
    forged = Schedule(func="os.system", args=f"'touch {proof}'", next_run=timezone.now())
    forged.schedule_type, forged.repeats = Schedule.ONCE, -1
    forged.save()
    worker = start("-c", HASTY)
    pickled = base64.urlsafe_b64encode(pickle.dumps(Attack(proof))).decode()
    OrmQ.objects.create(key="shopiq", payload=f"{pickled}:1abcde:signature", lock=timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        # The library looks for this result when the task fails; the message has its id.
        async_task("time.sleep", "not a number", task_name="doomed")
        Task.objects.create(
            id=SignedPackage.loads(OrmQ.objects.latest("pk").payload)["id"],
            name="doomed",
            func="time.sleep",
            started=timezone.now(),
            stopped=timezone.now(),
            success=False,
        )
        stored = base64.b64encode(pickle.dumps(Attack(proof))).decode()
        cursor.execute("UPDATE django_q_task SET args = %s", [stored])

    wait_for(lambda: not OrmQ.objects.exists())
    worker.terminate()
    assert worker.wait() == 0  # it has looked around

    assert not proof.exists()
