"""Deployments for tests, with a quick builder and target that can be made to fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from config.egress.deadline import Deadline
from config.jobs.queue import task_path
from deployments import pipeline
from deployments.builder.base import BuildInput
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.targets.base import Release, Stage
from integrations.models import WebhookDelivery
from tests.merchants import PartnerServer

PATH = "createAndDeploy"
#: The documentation's example (API docs, "Create & Deploy Website").
BRAND = "Nova Retail"
CATEGORIES = ["Fashion & Clothing", "Footwear"]
SECRET = "whsec_your_secret_here"
WHOLE = ["website.building", "website.created", "deployment.success"]
#: Nothing listens there.
RECEIVER = "http://127.0.0.1:9/webhooks/shopiq"


def shop_body(account_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "accountId": account_id,
        "businessCategory": CATEGORIES,
        "brandName": BRAND,
        "webhookUrl": RECEIVER,
        "webhookSecret": SECRET,
        **fields,
    }


def deploy(server: PartnerServer, number: int = 0, **fields: Any) -> Deployment:
    """Deploy a shop for a new account by the API."""
    response = server.post(PATH, shop_body(server.create(number), **fields))
    assert response.status_code == 202, response.content
    return Deployment.objects.get(website__identifier=response.json()["identifier"])


def deploy_for(server: PartnerServer, account_id: str) -> str:
    """Deploy a shop for an account and return its identifier."""
    body = {
        "accountId": account_id,
        "businessCategory": ["Footwear"],
        "brandName": "Nova Retail",
        "webhookUrl": "http://127.0.0.1:9/hook",
    }
    return str(server.post("createAndDeploy", body).json()["identifier"])


def queued(task: Callable[..., object]) -> int:
    """Count the messages that wake the worker for this task."""
    return [message.func() for message in OrmQ.objects.all()].count(task_path(task))


@dataclass
class TinyBuilder:
    """A page with the brand; `before` is called first and may raise or interfere."""

    before: Callable[[BuildInput], object] = lambda build_input: None
    build_inputs: list[BuildInput] = field(default_factory=list)

    def build(self, build_input: BuildInput, folder: Path, *, deadline: Deadline) -> None:
        self.build_inputs.append(build_input)
        self.before(build_input)
        for name in ("index.html", "404.html"):
            (folder / name).write_text(f"<h1>{build_input.brand_name}</h1>")


@dataclass
class TinyTarget:
    """Records what is published; `before` is called first and may raise or interfere."""

    removes_quickly = True
    before: Callable[[str, str], object] = lambda stage, identifier: None
    published: dict[tuple[str, str], str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def publish(self, release: Release, stage: Stage, *, deadline: Deadline) -> None:
        self.calls.append(stage)
        self.before(stage, release.identifier)
        self.published[release.identifier, stage] = (release.folder / "index.html").read_text()

    def remove(self, identifier: str) -> None:
        self.calls.append("remove")
        self.before("remove", identifier)
        for key in [key for key in self.published if key[0] == identifier]:
            del self.published[key]


@dataclass
class Fakes:
    """The pipeline's builder and target in a test."""

    builder: TinyBuilder
    target: TinyTarget


def install_fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    fakes = Fakes(TinyBuilder(), TinyTarget())
    monkeypatch.setattr(pipeline, "configured_builder", lambda: fakes.builder)
    monkeypatch.setattr(pipeline, "builder_without_model", lambda: fakes.builder)
    monkeypatch.setattr(pipeline, "configured_target", lambda: fakes.target)
    return fakes


def fail_with(error: BaseException) -> Callable[..., None]:
    """For `before`."""

    def fail(*_: Any) -> None:
        raise error

    return fail


def payloads() -> list[dict[str, Any]]:
    rows = WebhookDelivery.objects.order_by("created_at", "position").values_list("body", flat=True)
    return [json.loads(bytes(body)) for body in rows]


def events() -> list[str]:
    return [payload["event"] for payload in payloads()]


def make_due() -> None:
    """Let the pause after a failure, or a dead worker's lease, pass."""
    past = timezone.now() - timedelta(seconds=1)
    Deployment.objects.update(due_at=past)
    Deployment.objects.exclude(lease_until=None).update(lease_until=past)


def attempt_until_it_ends() -> Deployment:
    for _ in range(10):
        make_due()
        run_due()
    return Deployment.objects.get()
