"""The receivers of the documentation accept what the platform signs, and nothing else."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.test import RequestFactory, override_settings

from deployments.pipeline import run_due
from integrations.dispatcher import send
from integrations.services.webhooks import claim_deliveries, finish_attempts
from integrations.signatures.signing import SIGNATURE, create_secret, encode_event, headers_of
from tests.deployments.deployment_fakes import SECRET, WHOLE, deploy, install_fakes
from tests.documentation.fences import fences_of
from tests.documentation.runners import need
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

BODY = encode_event({"event": "website.building", "message": "नोवा"})
FORGED = BODY.replace(b"building", b"created_")
STANDARD = create_secret()
NODE = Path(__file__).parents[1] / "integrations" / "node"

Delivery = tuple[dict[str, str], bytes]


def deliveries() -> dict[str, Delivery]:
    now = int(time.time())
    id_ = "665a1f2e3b4c5d6e7f8a9b10"
    genuine = headers_of(id_, now, BODY, STANDARD)
    rotated = headers_of(id_, now, BODY, create_secret(), previous_secret=STANDARD)
    unsigned = headers_of(id_, now, BODY, "")
    return {
        "genuine": (genuine, BODY),
        "while the secret is changed": (rotated, BODY),
        "forged": (genuine, FORGED),
        "recorded": (headers_of(id_, now - 3600, BODY, STANDARD), BODY),
        "with another secret": (headers_of(id_, now, BODY, create_secret()), BODY),
        "unsigned": (unsigned, BODY),
    }


ACCEPTED = {"genuine", "while the secret is changed"}


def code_of(language: str, page: str) -> str:
    [fence] = fences_of(language, page=page)
    return fence.text


def test_the_django_view_accepts_only_genuine_events(live_db: None) -> None:
    names: dict[str, Any] = {}
    exec(code_of("python", "receiving-webhooks"), names)

    statuses = {}
    with override_settings(SHOPIQ_WEBHOOK_SECRET=STANDARD):
        for name, (headers, body) in deliveries().items():
            request = RequestFactory().generic("POST", "/", body, headers=headers)
            statuses[name] = names["shopiq_webhook"](request).status_code

    assert {name for name, status in statuses.items() if status == 200} == ACCEPTED
    assert set(statuses.values()) == {200, 401}


def test_the_express_server_accepts_only_genuine_events(live_db: None, tmp_path: Path) -> None:
    need("Node")
    if not (NODE / "node_modules" / "express").is_dir():
        _skip(f"The Express receiver is NOT RUN: run `npm ci` in {NODE.relative_to(Path.cwd())}")
    (tmp_path / "node_modules").symlink_to(NODE / "node_modules")
    code = code_of("javascript", "receiving-webhooks")

    with served(code, tmp_path / "server.cjs", "node", SHOPIQ_WEBHOOK_SECRET=STANDARD) as (url, _):
        statuses = {
            name: urllib3.request(
                "POST", f"{url}/webhooks/shopiq", headers=headers, body=body
            ).status
            for name, (headers, body) in deliveries().items()
        }

    assert {name for name, status in statuses.items() if status == 200} == ACCEPTED
    assert set(statuses.values()) == {200, 401}


def test_the_laravel_route_accepts_only_genuine_events(live_db: None, tmp_path: Path) -> None:
    need("PHP")
    (tmp_path / "route.php").write_text(code_of("php", "receiving-webhooks"))
    (tmp_path / "laravel.php").write_text((Path(__file__).parent / "laravel.php").read_text())
    given = {name: [headers, body.decode()] for name, (headers, body) in deliveries().items()}
    line = json.dumps({"secret": STANDARD, "deliveries": given})

    done = subprocess.run(
        ["php", "laravel.php"], cwd=tmp_path, input=line, capture_output=True, text=True, check=True
    )

    statuses = json.loads(done.stdout)
    assert {name for name, status in statuses.items() if status == 200} == ACCEPTED
    assert set(statuses.values()) == {200, 401}


@pytest.mark.parametrize("language", ["python", "javascript", "php"])
def test_the_functions_verify_the_documented_signature(
    live_db: None, tmp_path: Path, language: str
) -> None:
    program = {"python": "Python", "javascript": "Node", "php": "PHP"}[language]
    need(program)
    signed = headers_of("1", 1, BODY, SECRET)[SIGNATURE]
    given = tmp_path / "given.json"
    given.write_text(json.dumps([[body.decode(), signed, SECRET] for body in (BODY, FORGED)]))
    start, command, call = {
        "python": (
            "import json\n",
            [sys.executable, "-c"],
            "given = json.load(open('given.json'))\n"
            "print(json.dumps([is_valid(body.encode(), *others) for body, *others in given]))",
        ),
        "javascript": (
            "",
            ["node", "-e"],
            "console.log(JSON.stringify(require('./given.json').map((each) => isValid(...each))))",
        ),
        "php": (
            "",
            ["php", "-r"],
            "echo json_encode(array_map(fn($each) => isValid(...$each),"
            " json_decode(file_get_contents('given.json'))));",
        ),
    }[language]
    code = f"{start}{code_of(language, 'signatures')}\n{call}"

    done = subprocess.run(
        [*command, code], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout) == [True, False]


def test_the_receiver_of_the_quick_start_shows_a_deployment(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install_fakes(monkeypatch)
    code = code_of("python", "quick-start")

    with served(code, tmp_path / "receiver.py", sys.executable) as (url, process):
        deploy(PartnerServer(keys.management_test), webhookUrl=url, webhookSecret=SECRET)
        run_due()
        deliver()
        assert process.stdout
        lines = [process.stdout.readline() for _ in WHOLE]
        forged = urllib3.request("POST", url, headers=deliveries()["forged"][0], body=FORGED)

    printed = [line.split(maxsplit=1) for line in lines]
    assert [(mark, json.loads(text)["event"]) for mark, text in printed] == [
        ("valid", event) for event in WHOLE
    ]
    assert forged.status == 401


def deliver() -> None:
    while claimed := claim_deliveries(1):
        finish_attempts([(delivery, send(delivery)) for delivery in claimed])


@contextmanager
def served(
    code: str, file: Path, program: str, **variables: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a receiver at a free port instead of 9000; yield its URL and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert code.count("9000") == 1
    file.write_text(code.replace("9000", str(port)))
    process = subprocess.Popen(
        [program, str(file)],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: process.poll() is not None or _listens(port))
        assert process.poll() is None
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.communicate()


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _skip(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
