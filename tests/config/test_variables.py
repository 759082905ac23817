"""A variable that cannot be used is named in one sentence, by whatever reads it first."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from config.environment import WrongVariable, grace_seconds, whole_number
from config.monitoring.errors import report_errors
from config.settings.variables import Variables
from tests.environment import installation_environment

env = Variables()
DATABASE = "is not the URL of a PostgreSQL database"


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("int", "many", "NAME is 'many', which is not a whole number."),
        ("int", "", "NAME is '', which is not a whole number."),
        ("int", "-90", "NAME is -90, which is less than zero."),
        ("float", "soon", "NAME is 'soon', which is not a number."),
        ("bool", "ture", "NAME is 'ture', which is not true or false."),
        ("numbers", "finance", "NAME is 'finance', which is not a list such as finance=1000"),
        ("numbers", "finance=lots", "NAME is 'finance=lots', which is not a list such as"),
        ("db_url", "db", f"NAME {DATABASE}"),
        ("db_url", "mysql://user:secret@db/shopiq", f"NAME {DATABASE}"),
        ("db_url", "postgres://user:se/cret#@db:5432/shopiq", f"NAME {DATABASE}"),
        ("email_url", "mail:25", "NAME is not the URL of a mail server"),
        ("email_url", "smtp://[mail", "NAME is not the URL of a mail server"),
    ],
)
def test_what_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: str, value: str, problem: str
) -> None:
    monkeypatch.setenv("NAME", value)
    with pytest.raises(WrongVariable) as raised:
        getattr(env, kind)("NAME")
    assert str(raised.value).startswith(problem)
    assert "secret" not in str(raised.value)


def test_a_list_of_numbers_is_read_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "5, 300")
    assert env.list("NAME", cast=float) == [5.0, 300.0]
    monkeypatch.setenv("NAME", "5,never")
    with pytest.raises(WrongVariable, match="NAME is '5,never', which is not a list of numbers"):
        env.list("NAME", cast=float)


@pytest.mark.parametrize(
    ("text", "value"), [("on", True), ("No", False), ("1", True), ("0", False)]
)
def test_switches_have_several_words(
    monkeypatch: pytest.MonkeyPatch, text: str, value: object
) -> None:
    monkeypatch.setenv("NAME", text)
    assert env.bool("NAME") is value


def test_spaces_beside_commas_are_of_no_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "10.0.0.1, 10.0.0.2")
    assert env.list("NAME") == ["10.0.0.1", "10.0.0.2"]
    monkeypatch.setenv("NAME", "finance=10, admin=20")
    assert env.numbers("NAME") == {"finance": 10, "admin": 20}


def test_what_gunicorn_reads_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_THREADS", "all")
    with pytest.raises(WrongVariable, match="WEB_THREADS is 'all', which is not a whole number"):
        whole_number("WEB_THREADS", 256)
    monkeypatch.setenv("GRACE_SECONDS", "long")
    with pytest.raises(WrongVariable, match="GRACE_SECONDS is 'long', which is not a number"):
        grace_seconds()


def test_sentry_is_asked_at_its_own_address(settings: Any) -> None:
    settings.SENTRY_DSN = "sentry.example.com"
    with pytest.raises(WrongVariable, match="SENTRY_DSN is not the address of a Sentry project"):
        report_errors()


GUNICORN = ["-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application"]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["manage.py", "doctor"], "IMAGE_CALL_SECONDS"),
        (GUNICORN, "WEB_THREADS"),
        (["-m", "config.local.supervisor"], "GRACE_SECONDS"),
    ],
)
def test_programs_end_with_the_sentence_alone(command: list[str], name: str) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=installation_environment() | {name: "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert done.stderr.startswith(f"{name} is 'x', which is not a")


@pytest.mark.parametrize(
    ("command", "has_pool"),
    [(["manage.py", "shell", "--no-imports", "-c"], False), (["-c"], True)],
)
def test_commands_have_no_pool(command: list[str], has_pool: object) -> None:
    """A file of settings for all processes may name a size: forks would share its sockets."""
    program = "from django.conf import settings as s; print(s.DATABASES['default']['OPTIONS'])"
    ours = {"DB_POOL_SIZE": "7", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, *command, program],
        cwd=settings.BASE_DIR,
        env=installation_environment() | ours,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("'pool'" in done.stdout) is has_pool
