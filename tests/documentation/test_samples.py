"""Every sample of the documentation runs as it is written, on a real server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.endpoints import all_endpoints
from tests.documentation.fences import fences_of, read_fences
from tests.documentation.runners import PROGRAMS, need, run_samples, run_shell
from tests.documentation.sample_rows import SampleRows
from tests.web import WebServer

pytestmark = pytest.mark.slow

#: What the commands of the guides return instead of a success.
ERRORS = {"rehearsal": "service_unavailable"}
#: Commands that download a program: `tests/clients` runs the same ones.
OFFLINE = "openapi"


@pytest.fixture
def rows(live_db: None, monkeypatch: pytest.MonkeyPatch) -> SampleRows:
    return SampleRows(monkeypatch)


@pytest.mark.parametrize("language", PROGRAMS)
def test_each_endpoint_has_a_sample_that_succeeds(
    rows: SampleRows, web_server: Callable[..., WebServer], tmp_path: Path, language: str
) -> None:
    need(language)
    url = web_server().url
    samples = [each for each in read_fences() if each.sample == language]
    assert Counter(each.endpoint for each in samples) == {each.name: 1 for each in all_endpoints()}

    codes = [on(url, rows.fill(each.text, each.endpoint)) for each in samples]
    printed = run_samples(language, codes, tmp_path)

    assert failures(samples, printed) == []


def test_the_commands_of_the_guides_can_be_pasted_one_after_the_other(
    rows: SampleRows, web_server: Callable[..., WebServer], tmp_path: Path
) -> None:
    need("curl")
    url = web_server().url
    commands = [each for each in fences_of("sh") if each.page != OFFLINE]
    codes = [on(url, rows.fill(each.text)) for each in commands]

    keys = {"SHOPIQ_TEST_KEY": rows.keys.test, "SHOPIQ_MGMT_KEY": rows.keys.management_test}
    printed = run_shell(codes, tmp_path, **keys)

    calls = [pair for pair in zip(commands, printed, strict=True) if "curl" in pair[0].text]
    assert len(calls) >= 5
    assert failures(*zip(*calls, strict=True)) == []


def test_the_raw_requests_are_answered(
    rows: SampleRows, web_server: Callable[..., WebServer]
) -> None:
    server = web_server()
    requests = [each for each in fences_of("http") if each.text.startswith(("GET ", "POST "))]
    assert requests
    answers = [send_raw(server, rows.fill(each.text)) for each in requests]

    assert failures(requests, answers) == []


def test_the_loop_that_retries_returns_the_image(
    rows: SampleRows, web_server: Callable[..., WebServer], tmp_path: Path
) -> None:
    [loop] = fences_of("python", page="retries")
    call = f'\nprint(create_image("{rows.keys.test}", {{"prompt": "A leather wallet"}}))'

    printed = run_samples("Python", [on(web_server().url, loop.text) + call], tmp_path)

    assert failures([loop], printed) == []


def test_json_can_be_parsed() -> None:
    for each in fences_of("json"):
        json.loads(each.text)


def on(url: str, text: str) -> str:
    return text.replace(settings.PUBLIC_URL, url)


def failures(samples: Any, printed: Any) -> list[str]:
    """Return what is not a success, nor the error that the page announces."""
    found = []
    for sample, text in zip(samples, printed, strict=True):
        answer = json.loads(text)
        if answer["success"] is not (sample.page not in ERRORS):
            found.append(f"{sample}: {text}")
        elif sample.page in ERRORS:
            assert answer["code"] == ERRORS[sample.page]
    return found


def send_raw(server: WebServer, text: str) -> str:
    first, *lines = text.strip().splitlines()
    method, path, *_ = first.split()
    headers = dict(line.split(": ", 1) for line in lines)
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.request(method, path, headers={**headers, "Host": f"127.0.0.1:{server.port}"})
    body = connection.getresponse().read().decode()
    connection.close()
    return body
