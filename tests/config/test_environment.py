"""The settings file reaches every process, gunicorn too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.environment import WrongVariable, grace_seconds, load_env_file


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty file that ENV_FILE names; what it sets is gone afterwards."""
    file = tmp_path / "shopiq.env"
    file.touch()
    monkeypatch.setenv("ENV_FILE", str(file))
    yield file
    file.write_text("")
    load_env_file()


def test_the_file_sets_what_gunicorn_reads(env_file: Path) -> None:
    env_file.write_text(
        "BIND=127.0.0.1:18129\nWEB_CONCURRENCY=4\nWEB_THREADS=12\nENVIRONMENT=production\n"
    )
    environment = {name: os.environ[name] for name in ("PATH", "ENV_FILE")}

    printed = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--print-config", "a:b"],
        cwd=settings.BASE_DIR,
        env={**environment, "WEB_CONCURRENCY": "3", "DJANGO_SETTINGS_MODULE": ""},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    values = dict(line.split("=", 1) for line in printed.replace(" ", "").splitlines())

    assert values["bind"] == "['127.0.0.1:18129']"
    assert values["threads"] == "12"
    assert values["graceful_timeout"] == "130"
    assert values["workers"] == "3", "the environment has precedence"


def test_a_reload_takes_what_has_changed_in_the_file(env_file: Path) -> None:
    env_file.write_text("SHOPIQ_TEST_A=1\nSHOPIQ_TEST_B=1\nSHOPIQ_TEST_C=1\n")
    load_env_file()
    os.environ["SHOPIQ_TEST_C"] = "set by the process"
    env_file.write_text("SHOPIQ_TEST_A=2\nSHOPIQ_TEST_C=2\n")
    load_env_file()

    assert os.environ["SHOPIQ_TEST_A"] == "2"
    assert os.environ.pop("SHOPIQ_TEST_C") == "set by the process"
    assert "SHOPIQ_TEST_B" not in os.environ


def test_a_file_that_cannot_be_read_is_an_error(env_file: Path) -> None:
    env_file.unlink()

    problem = r"ENV_FILE is .*shopiq\.env, which cannot be read: No such"
    with pytest.raises(WrongVariable, match=problem):
        load_env_file()


def test_production_lets_a_call_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRACE_SECONDS", raising=False)
    monkeypatch.setenv("ENVIRONMENT", "production")
    assert grace_seconds() == 130
    monkeypatch.setenv("ENVIRONMENT", "development")
    assert grace_seconds() == 10
    monkeypatch.setenv("GRACE_SECONDS", "2.5")
    assert grace_seconds() == 2.5
