"""`manage.py doctor` is green for what works, and says what to do about what does not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from config.doctor import diagnose
from tests.config.mail_server import running_mail_server
from tests.config.test_encryption import key_entry
from tests.environment import installation_environment
from tests.server_fixtures import Start
from tests.servers import Reply, Request, serve

HERE = {
    *("settings", "database", "timeouts", "functions", "keys", "cache table", "clock"),
    *("static files", "translations", "mail", "image provider", "image storage", "shops"),
}


def problem_of(name: str) -> str:
    [finding] = diagnose({name})
    assert not finding.ok, finding
    return finding.detail


@pytest.mark.slow
def test_a_working_installation_is_all_green(
    live_db: None, settings: Any, own_server: Start
) -> None:
    # Of a variable that browser tests of the same process set.
    settings.SILENCED_SYSTEM_CHECKS = ["async.E001"]
    settings.PUBLIC_URL = own_server().url
    out = StringIO()

    with suppress(SystemExit):
        call_command("doctor", "--json", "--only", *HERE, "proxy", stdout=out)

    report = json.loads(out.getvalue())
    assert report["ok"], report
    assert {finding["name"] for finding in report["findings"]} == {*HERE, "proxy"}


def test_it_exits_with_one_and_says_what_to_do(live_db: None, settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", "--only", "proxy", "clock", stdout=out)
    red, green = sorted(out.getvalue().splitlines())
    assert red.startswith("FAILED  proxy")
    assert "cannot be reached: the address could not be reached (" in red
    assert green.startswith("ok      clock")


def run_without_database(*words: str) -> subprocess.CompletedProcess[str]:
    nowhere = "postgres://shopiq:secret@127.0.0.1:9/shopiq"
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=django_settings.BASE_DIR,
        env=installation_environment() | {"DATABASE_URL": nowhere},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_that_is_away_is_named_once() -> None:
    done = run_without_database("doctor", "--only", "database", "role", "keys", "static files")
    database, *others = done.stdout.splitlines()
    assert "DATABASE_URL cannot be used: connection failed" in database
    assert [line.split("  ")[0] for line in others] == ["FAILED", "FAILED", "ok"]
    assert [line for line in others if "while the database fails" in line] == others[:2]


def test_other_commands_say_so_in_one_sentence() -> None:
    done = run_without_database("check_ledger")
    assert done.returncode == 1
    assert done.stderr.startswith("The database failed: connection failed")
    assert done.stderr.count("\n") == 1


def test_folders_are_not_written_to(settings: Any, tmp_path: Path) -> None:
    """Root's files would be in the way of the user that serves."""
    settings.MEDIA_ROOT, settings.SITES_ROOT = str(tmp_path / "a/b"), str(tmp_path / "c")
    settings.IMAGE_STORAGE = settings.DEPLOY_TARGET = "local"
    found = {finding.name: finding for finding in diagnose({"image storage", "shops"})}
    assert found["image storage"].detail == settings.MEDIA_ROOT
    assert found["shops"].ok
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_table_that_is_missing_asks_for_a_migration() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE encryption_keycanary RENAME TO away")
    assert problem_of("keys") == "Its table is missing. Run migrate_safely."


@pytest.mark.django_db
def test_what_is_wrong_with_the_database(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        assert "statement_timeout not in force" in problem_of("timeouts")
        cursor.execute("RESET statement_timeout")
        cursor.execute("COMMENT ON FUNCTION billing_charge IS 'changed'")
        assert "billing_charge" in problem_of("functions")
    assert "owns nothing" in next(diagnose({"role"})).detail
    settings.DATABASE_SERVING_ROLE = connection.settings_dict["USER"]
    assert "and could rewrite the ledger" in problem_of("role")
    version = settings.FIELD_ENCRYPTION_KEYS[0].partition(":")[0]
    settings.FIELD_ENCRYPTION_KEYS = [settings.FIELD_ENCRYPTION_KEYS[0], key_entry(98)]
    [keys] = diagnose({"keys"})
    assert (keys.ok, keys.detail) == (
        True,
        f"match the data: version {version} encrypts, 98 only read",
    )
    settings.FIELD_ENCRYPTION_KEYS = [key_entry(int(version))]
    assert f"another key as version {version}" in problem_of("keys")
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=True):
        assert "clock is 300 seconds" in problem_of("clock")


def test_what_is_wrong_with_services(
    settings: Any, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with running_mail_server(settings):
        assert next(diagnose({"mail"})).ok
    assert "127.0.0.1 of EMAIL_URL does not accept us: [Errno 111]" in problem_of("mail")

    settings.IMAGE_STORAGE, settings.S3_BUCKET = "s3", "no-such-bucket"
    settings.S3_ENDPOINT_URL = s3_endpoint
    assert "S3 refused: NoSuchBucket. Check S3_BUCKET" in problem_of("image storage")
    settings.DEPLOY_TARGET, settings.SITES_S3_BUCKET = "s3", "no-such-bucket"
    assert "The specified bucket does not exist. Check SITES_S3_BUCKET" in problem_of("shops")

    settings.IMAGE_PROVIDER, settings.GEMINI_API_KEY = "gemini", "provider-key"
    for status, words in [(401, "refuses the key"), (404, "does not offer"), (200, "")]:
        with serve(partial(answer_with, status)) as provider:
            settings.GEMINI_BASE_URL = provider.url
            [finding] = diagnose({"image provider"})
        assert (finding.ok, words in finding.detail) == (status == 200, True)
        assert provider.requests[0].headers["x-goog-api-key"] == "provider-key"


def answer_with(status: int, request: Request) -> Reply:
    return Reply(status)


ECHO = {
    "scheme": "https",
    "host": "",
    "peer": "127.0.0.1",
    "forwardedFor": "192.0.2.66, 203.0.113.9",
    "isProduction": True,
}


@pytest.mark.parametrize(
    ("echo", "words"),
    [
        ({}, "SECRET_KEY"),
        ({**ECHO, "scheme": "http"}, "X-Forwarded-Proto"),
        ({**ECHO, "host": "10.0.0.1"}, "Host header"),
        ({**ECHO, "forwardedFor": ""}, "without X-Forwarded-For"),
        ({**ECHO, "forwardedFor": "192.0.2.66"}, "forged"),
        (ECHO, ""),
    ],
)
def test_what_is_wrong_with_the_proxy(settings: Any, echo: dict[str, Any], words: str) -> None:
    def answer(request: Request) -> Reply:
        found = {**echo, "host": echo["host"] or request.headers["host"]} if echo else {}
        return Reply(200, json.dumps({"status": "ok", **found}).encode())

    settings.IS_PRODUCTION, settings.TRUSTED_PROXIES = True, ["127.0.0.1"]
    with serve(answer) as proxy:
        settings.PUBLIC_URL = proxy.url
        [finding] = diagnose({"proxy"})
    assert (finding.ok, words in finding.detail) == (not words, True)


def test_a_redirect_to_itself_is_named(settings: Any) -> None:
    with serve(lambda request: Reply(301, headers={"Location": "https://here/"})) as proxy:
        settings.PUBLIC_URL = proxy.url
        assert "redirects to https://here/" in problem_of("proxy")


@pytest.mark.django_db
def test_strangers_do_not_learn_how_their_request_arrived(get: Callable[..., Any]) -> None:
    for header in ("", "doctor:1:forged"):
        response = get("/livez", **{"X-ShopIQ-Doctor": header})
        assert response.json() == {"status": "ok"}
