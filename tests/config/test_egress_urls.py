"""Which URLs the guard rejects without a connection, and how it parses valid ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.egress import EgressError, check_url
from tests.config.egress_urls import (
    INWARD_ANSWERS,
    INWARD_BESIDE_LOOPBACK,
    INWARD_NAMES,
    INWARD_V4,
    INWARD_V6,
    MALFORMED,
)

_UNREACHABLE = "the address could not be reached"
_INVALID = "the URL is not valid"

_CASES: list[tuple[str, bool, list[str] | None, str]] = [
    *((url, False, None, _UNREACHABLE) for url in INWARD_V4 + INWARD_V6 + INWARD_NAMES),
    *((url, False, None, _INVALID) for url in MALFORMED),
    *(("http://images.example/", False, response, _UNREACHABLE) for response in INWARD_ANSWERS),
    *((url, True, None, "") for url in INWARD_BESIDE_LOOPBACK),
    ("http://images.example:8080/", True, ["93.184.216.34"], _UNREACHABLE),
    ("http://images.example/", True, ["127.0.0.1", "10.0.0.1"], _UNREACHABLE),
]
#: Let through on purpose: they show that the canaries see what the guard lets through.
_CONTROLS: list[tuple[str, bool, list[str] | None]] = [
    ("http://93.184.216.34/", False, None),
    ("https://[2606:4700::1]/", False, None),
    ("http://images.example/", False, ["93.184.216.34"]),
]


@pytest.fixture(scope="module")
def probe() -> Any:
    """Run all cases once in a network namespace, or in a process that rejects other hosts."""
    cases = [case[:3] for case in _CASES] + _CONTROLS
    unshare = [shutil.which("unshare") or "false", "-rn"]
    permitted = (
        shutil.which("ip") and not subprocess.run([*unshare, "true"], check=False).returncode
    )
    result = subprocess.run(
        [
            *(unshare if permitted else []),
            *(sys.executable, "-m", "tests.config.egress_probe"),
            "isolated" if permitted else "refusing",
        ],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    return json.loads(result.stdout)


@pytest.mark.parametrize("number", range(len(_CASES)), ids=lambda n: repr(_CASES[n][0])[:60])
def test_no_connection_is_made_for(number: int, probe: Any) -> None:
    detail, connections = probe["results"][number]
    assert connections == 0
    assert detail in {_CASES[number][3] or _UNREACHABLE, _CASES[number][3] or _INVALID}


@pytest.mark.parametrize("number", range(len(_CONTROLS)))
def test_an_allowed_connection_is_detected(number: int, probe: Any) -> None:
    if not probe["isolated"]:
        pytest.skip("only a network namespace can hold a canary for every address")
    assert probe["results"][len(_CASES) + number][1] == 1


def test_at_least_sixty_forbidden_urls_are_tested() -> None:
    assert len({case[0] for case in _CASES}) >= 60


@pytest.mark.parametrize("url", INWARD_V4 + INWARD_V6 + INWARD_NAMES + MALFORMED)
def test_malformed_urls_are_rejected_without_a_lookup(url: str) -> None:
    with pytest.raises(EgressError):
        check_url(url)


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "target"),
    [
        ("http://example.com", "http", "example.com", 80, "/"),
        ("HTTPS://Example.COM/A", "https", "example.com", 443, "/A"),
        ("https://example.com:80/a?b=c#d", "https", "example.com", 80, "/a?b=c"),
        ("https://example.com?x=1", "https", "example.com", 443, "/?x=1"),
        ("https://example.com/%20a|b/é", "https", "example.com", 443, "/%20a%7Cb/%C3%A9"),
        ("https://bücher.example/", "https", "xn--bcher-kva.example", 443, "/"),
        ("https://xn--bcher-kva.example/", "https", "xn--bcher-kva.example", 443, "/"),
        ("https://my_bucket.s3.example.com/", "https", "my_bucket.s3.example.com", 443, "/"),
        ("http://8.8.8.8/", "http", "8.8.8.8", 80, "/"),
        ("http://[2606:4700:0::1]/", "http", "2606:4700::1", 80, "/"),
        ("http://1.2.3.4.example.com/", "http", "1.2.3.4.example.com", 80, "/"),
    ],
)
def test_a_valid_url_is_parsed(url: str, scheme: str, host: str, port: int, target: str) -> None:
    parsed = check_url(url)
    assert (parsed.scheme, parsed.host, parsed.port, parsed.target) == (scheme, host, port, target)


@pytest.mark.parametrize(
    "url", ["http://localhost:8080/a", "http://127.0.0.9:1/", "https://[::1]:65535/"]
)
def test_loopback_on_any_port_is_accepted_only_if_allowed(url: str) -> None:
    assert str(check_url(url, allow_loopback=True)).startswith(url)
    with pytest.raises(EgressError):
        check_url(url)
