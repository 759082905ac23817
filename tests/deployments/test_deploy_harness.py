"""The verdict of the deployment harness: silent on what is right, and it sees each thing wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.shops.receiver import Arrival
from benchmarks.shops.verdict import count_repeats, judge
from deployments.models import Deployment
from deployments.pipeline import run_due
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import deploy, install_fakes
from tests.merchants import PartnerServer
from tests.web import database_url


@dataclass
class Run:
    """The result of a run."""

    arrivals: list[Arrival]
    requested: dict[str, str]
    folder: Path

    def broken_rules(self) -> set[str]:
        findings = judge(database_url(), self.arrivals, self.requested, self.folder)
        return {finding.rule for finding in findings if finding.problems}

    def change(self, place: int, **fields: Any) -> None:
        self.arrivals[place] = replace(self.arrivals[place], **fields)


@pytest.fixture
def run(server: PartnerServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """One shop that went well."""
    install_fakes(monkeypatch)
    deployment = deploy(server)
    run_due()
    WebhookDelivery.objects.update(state="delivered")
    identifier = deployment.website.identifier
    for stage in ("preview", "production"):
        site = tmp_path / "sites" / identifier / stage
        site.mkdir(parents=True)
        (site / "index.html").touch()
    arrivals = [
        Arrival(row.id, identifier, row.event, bytes(row.body), is_signed=True, is_accepted=True)
        for row in WebhookDelivery.objects.order_by("position")
    ]
    return Run(arrivals, {deployment.id: identifier}, tmp_path)


def test_it_is_silent_on_what_is_right(run: Run) -> None:
    assert run.broken_rules() == set()


def test_repeats_under_the_same_id_are_counted_and_allowed(run: Run) -> None:
    run.arrivals.append(run.arrivals[0])

    assert run.broken_rules() == set()
    assert count_repeats(run.arrivals) == 1


def lose_one(run: Run) -> None:
    run.change(1, is_accepted=False)


def swap_two(run: Run) -> None:
    run.arrivals[0], run.arrivals[1] = run.arrivals[1], run.arrivals[0]


def send_under_another_id(run: Run) -> None:
    run.arrivals.append(replace(run.arrivals[0], event_id="f" * 24))


def change_a_body(run: Run) -> None:
    run.change(2, body=b"{}")


def forge_a_signature(run: Run) -> None:
    run.change(0, is_signed=False)


def leave_one_pending(run: Run) -> None:
    WebhookDelivery.objects.filter(position=3).update(state="pending")


def tell_a_step_twice(run: Run) -> None:
    row = WebhookDelivery.objects.get(position=3)
    row.pk, row.position = "f" * 24, 4
    row.save(force_insert=True)


def fail_the_shop(run: Run) -> None:
    Deployment.objects.update(state="failed")


def take_the_site_away(run: Run) -> None:
    shutil.rmtree(run.folder / "sites")


def leave_a_build(run: Run) -> None:
    (run.folder / "builds" / "left").mkdir(parents=True)


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (lose_one, "every event was accepted by the receiver"),
        (swap_two, "events arrived in order"),
        (send_under_another_id, "one id for each event, and none unknown"),
        (change_a_body, "every request had the stored bytes"),
        (forge_a_signature, "every signature was valid"),
        (leave_one_pending, "every event is delivered"),
        (tell_a_step_twice, "every deployment has its three events, each once"),
        (fail_the_shop, "every requested deployment is live"),
        (take_the_site_away, "every shop is published"),
        (leave_a_build, "no build was left behind"),
    ],
)
def test_it_sees_what_is_wrong(run: Run, damage: Callable[[Run], None], rule: str) -> None:
    damage(run)

    assert rule in run.broken_rules()
