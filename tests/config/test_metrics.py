"""What Prometheus reads at `/metrics`, and who may."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from config.jobs.heartbeat import record_heartbeat
from config.metrics import elapsed_ms
from config.monitoring.folder import make_metrics_folder
from tests.factories import Keys
from tests.imaging.calls import CREATE, PROMPT, USAGE
from tests.server_fixtures import Start
from tests.waiting import wait_for
from tests.web import WebServer

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parse(text: str) -> Numbers:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def total(numbers: Numbers, name: str, **labels: str) -> float:
    wanted = set(labels.items())
    return sum(n for (found, ls), n in numbers.items() if found == name and wanted <= set(ls))


def scrape(server: WebServer, **headers: str) -> Numbers:
    response = server.http.request("GET", f"{server.url}/metrics", headers=headers)
    assert response.status == 200, response.data
    return parse(response.data.decode())


def test_numbers_of_all_processes_and_of_the_database(keys: Keys, own_server: Start) -> None:
    server = own_server(workers=2, env={"ACCESS_LOG": "true"})
    assert server.post(CREATE, PROMPT, keys.live).status == 200
    for _ in range(6):
        server.get(USAGE, keys.live)
    server.get(USAGE, "sq_live_wrong")

    numbers = scrape(server)

    seconds = "shopiq_request_seconds_count"
    assert total(numbers, seconds) == 8
    assert total(numbers, seconds, status="401") == 1
    [usage] = {dict(labels)["route"] for _, labels in numbers if "usage" in str(labels)}
    assert total(numbers, seconds, status="200", route=usage) == 6
    assert total(numbers, "shopiq_statement_seconds_count", step="authorize") == 6
    assert total(numbers, "shopiq_statement_seconds_count", step="authorize_and_charge") == 1
    assert total(numbers, "shopiq_statement_seconds_count", step="settle") == 1
    assert total(numbers, "shopiq_provider_seconds_count", outcome="ok", provider="local") == 1
    assert total(numbers, "shopiq_points_10m", kind="charge") > 0
    assert total(numbers, "shopiq_database_up") == 1
    assert "shopiq_reserved_charges" in {name for name, _ in numbers}

    lines = [json.loads(line) for line in wait_for(lambda: access_lines(server, 8))]
    [created] = [line for line in lines if "create" in line["route"]]
    assert (created["status"], created["partner"]) == (200, keys.partner.id)
    assert len({line["request_id"] for line in lines}) == 8
    assert keys.live not in server.read_log()


def access_lines(server: WebServer, number: int) -> list[str]:
    lines = [line for line in server.read_log().splitlines() if '"event": "request"' in line]
    return lines if len(lines) >= number else []


@pytest.mark.django_db
def test_metrics_are_for_those_with_the_token(settings: Any) -> None:
    settings.METRICS_TOKEN = "token-of-prometheus"
    for header, status in [("", 404), ("Bearer other", 404), ("Bearer token-of-prometheus", 200)]:
        assert Client().get("/metrics", headers={"Authorization": header}).status_code == status


@pytest.mark.django_db
def test_without_a_token_only_the_networks_of_the_settings_read_past_the_proxy(
    settings: Any,
) -> None:
    record_heartbeat()
    # An address with the length of its network.
    settings.METRICS_NETWORKS = ["127.0.0.1", "198.51.100.9/24"]
    for peer, headers, status in [
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("192.0.2.1", {}, 404),
        ("198.51.100.7", {}, 200),
    ]:
        response = Client(REMOTE_ADDR=peer).get("/metrics", headers=headers)
        assert response.status_code == status
    numbers = parse(Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode())
    assert total(numbers, "shopiq_worker_heartbeat_age_seconds") < 600


def test_probes_can_be_asked_by_address(live_db: None, get: Callable[..., Any]) -> None:
    for path in ("/livez", "/readyz"):
        assert get(path, Host="10.20.30.40:8000").status_code == 200
        assert get(path, Host="[2001:db8::1]:8000").status_code == 200
        assert get(path, Host="elsewhere.example").status_code == 400
    assert get("/login/", Host="10.20.30.40:8000").status_code == 400


def test_a_duration_is_in_whole_milliseconds() -> None:
    started = time.monotonic() - 1234.5

    assert 1_234_500 <= elapsed_ms(started) <= 1000 * (time.monotonic() - started) + 1


def test_folders_of_killed_servers_are_removed_at_the_next_start(tmp_path: Path) -> None:
    with serve_with_folder_in(tmp_path) as killed, serve_with_folder_in(tmp_path) as running:
        left, kept = read_path(killed), read_path(running)
        (left / "counter_1.db").write_bytes(b"numbers")
        killed.kill()
        killed.wait()

        ours = Path(make_metrics_folder(str(tmp_path)))

        assert set(tmp_path.iterdir()) == {kept, ours}


def serve_with_folder_in(folder: Path) -> subprocess.Popen[bytes]:
    """Return a process that makes its folder, prints it and goes on until its input ends."""
    program = (
        "import sys; from config.monitoring.folder import make_metrics_folder as make;"
        f"print(make({str(folder)!r}), flush=True); sys.stdin.read()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def read_path(process: subprocess.Popen[bytes]) -> Path:
    assert process.stdout
    return Path(process.stdout.readline().decode().strip())
