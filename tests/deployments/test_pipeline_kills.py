"""Workers that are killed, and what is left of a deployment: all of it, once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from deployments.models import Deployment
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import deploy
from tests.harnesses import run_harness
from tests.merchants import PartnerServer
from tests.web import database_url

WHOLE = ["website.building", "website.created", "deployment.success"]
#: Of a few hundred; another seed dies at other lines.
DEATHS = 12


@pytest.fixture
def work(live_db: None, tmp_path: Path) -> Iterator[Callable[[int], tuple[str, int]]]:
    """Has a worker of its own process run, killed at that line: how it ended, and its lines."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SITES_ROOT": str(tmp_path / "sites"),
        "BUILDS_ROOT": str(tmp_path / "builds"),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.deployments.mortal_worker"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin
        assert stdout

        def run(last: int) -> tuple[str, int]:
            print(last, file=stdin, flush=True)
            how, lines = stdout.readline().split()
            return how, int(lines)

        yield run
        stdin.close()


def end_leases() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Deployment.objects.exclude(lease_until=None).update(lease_until=past)


def events_of(deployment: Deployment) -> list[str]:
    rows = WebhookDelivery.objects.filter(stream=deployment.id).order_by("position")
    return list(rows.values_list("event", flat=True))


@pytest.mark.kills
def test_wherever_a_worker_is_killed_each_step_sends_one_webhook(
    server: PartnerServer, work: Callable[[int], tuple[str, int]], tmp_path: Path
) -> None:
    deploy(server, 0)
    how, lines = work(0)
    assert (how, Deployment.objects.get().state) == ("done", "live")
    assert lines > 100

    for number, line in enumerate(random.Random(11).sample(range(1, lines), DEATHS), start=1):
        deployment = deploy(server, number)
        assert work(line) == ("killed", line)
        end_leases()
        assert work(0)[0] == "done"

        deployment.refresh_from_db()
        assert deployment.state == "live", line
        assert events_of(deployment) == WHOLE, line
        site = tmp_path / "sites" / deployment.website.identifier
        assert (site / "production" / "index.html").read_text() == "<h1>Nova Retail</h1>"
    assert list((tmp_path / "builds").iterdir()) == []


@pytest.mark.kills
def test_no_webhook_is_lost_when_everything_is_killed() -> None:
    code, printed = run_harness(
        *("deploy_harness", "--builder", "tiny", "--deployments", "20"),
        *("--kills", "3", "--seconds", "300", "--seed", "1"),
    )

    assert code == 0, printed
    assert printed.endswith("PASS\n")
