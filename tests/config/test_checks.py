"""Each invalid or unsafe setting has a numbered error with a hint."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management.base import BaseCommand, SystemCheckError

from config.jobs.checking import CheckedApart
from tests.config.failed_checks import KEY, OTHER_KEY, ids


def test_the_embedded_defaults_pass() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("ENVIRONMENT", "staging", "shopiq.E001"),
        ("FIELD_ENCRYPTION_KEYS", ["no-version"], "shopiq.E003"),
        ("SIGNING_KEYS", [], "shopiq.E061"),
        ("SIGNING_KEYS", ["1:c2hvcnQ="], "shopiq.E061"),
        ("SIGNING_KEYS", [KEY, "1:" + OTHER_KEY], "shopiq.E062"),
        ("FIELD_ENCRYPTION_KEYS", ["1:c2hvcnQ="], "shopiq.E003"),
        ("FIELD_ENCRYPTION_KEYS", [KEY, "x" + KEY], "shopiq.E003"),
        ("IMAGE_PROVIDER", "midjourney", "shopiq.E005"),
        ("IMAGE_PROVIDER", "", "shopiq.E005"),
        ("IMAGE_STORAGE", "", "shopiq.E006"),
        ("TRUSTED_PROXIES", ["10.0.0.0/8", "proxy.internal"], "shopiq.E004"),
        ("METRICS_NETWORKS", ["prometheus.internal"], "shopiq.E004"),
        ("DEPLOY_TARGET", "ftp", "shopiq.E007"),
        ("DEPLOY_TARGET", "github_actions", "shopiq.E009"),
        ("SITE_PREVIEW_URL", "https://example.com/{identifier}", "shopiq.E008"),
        ("FIELD_ENCRYPTION_KEYS", [KEY, "1:" + OTHER_KEY], "shopiq.E050"),
        ("PAYMENT_GATEWAYS", [], "shopiq.E046"),
        ("PAYMENT_GATEWAYS", ["manual", "cash"], "shopiq.E016"),
        ("PAYMENT_GATEWAYS", ["razorpay"], "shopiq.E017"),
        ("SELLER_GSTIN", "29AAAAA0000A1ZX", "shopiq.E018"),
    ],
)
def test_invalid_settings_are_errors_everywhere(
    settings: Any, name: str, value: object, error: str
) -> None:
    setattr(settings, name, value)

    assert set(ids()) == {error}


def test_another_database_than_postgresql_is_an_error(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")

    assert ids() == ["shopiq.E002"]


def test_a_management_command_does_not_start_with_unsafe_settings(tmp_path: Path) -> None:
    checkout = Path(django_settings.BASE_DIR)
    unsafe = (checkout / "tests/production.env").read_text()
    unsafe = unsafe.replace("ALLOWED_HOSTS=api.example.com", "ALLOWED_HOSTS=*")
    env_file = tmp_path / "unsafe.env"
    env_file.write_text(unsafe)

    done = subprocess.run(  # noqa: PLW1510 - its exit code is looked at
        [sys.executable, "manage.py", "check"],
        cwd=checkout,
        env={"ENV_FILE": str(env_file), "PATH": ""},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "(shopiq.E012) ALLOWED_HOSTS allows every host." in done.stderr
    assert "List the host names to serve." in done.stderr


def test_long_running_commands_are_checked_in_a_process_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, errors = os.getpid(), [""]

    def check(self: BaseCommand, **_: object) -> None:
        assert os.getpid() != ours
        if errors[-1]:
            raise SystemCheckError(errors[-1])

    monkeypatch.setattr(BaseCommand, "check", check)
    CheckedApart(stderr=StringIO()).check()

    errors.append("broken")
    with pytest.raises(SystemExit):
        CheckedApart(stderr=StringIO()).check()
