"""Each invalid or unsafe setting has a numbered error with a hint."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks

LONG = "x" * 40
KEY = "1:Zm9yLXRoZS1jaGVjay1vbmx5LTMyLWJ5dGVzLWxvbmc="


def ids() -> list[str | None]:
    found = [error for error in run_checks() if str(error.id).startswith("shopiq.")]
    assert all(error.hint for error in found)
    return [error.id for error in found]


@pytest.fixture
def production(settings: Any) -> Any:
    """Settings that pass in production."""
    settings.ENVIRONMENT = "production"
    settings.IS_PRODUCTION = True
    settings.SECRET_KEY = "a" * 40
    settings.LOOKUP_KEY = "b" * 40
    settings.AUTO_LOGIN_JWT_SECRET = "c" * 40
    settings.FIELD_ENCRYPTION_KEYS = [KEY]
    settings.ALLOW_LOOPBACK_URLS = False
    settings.PUBLIC_URL = "https://api.example.com"
    settings.ALLOWED_HOSTS = ["api.example.com"]
    settings.IMAGE_PROVIDER, settings.GEMINI_API_KEY = "gemini", "key"
    settings.IMAGE_STORAGE, settings.S3_BUCKET = "s3", "images"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "ShopIQ <no-reply@example.com>"
    settings.SECURITY_CONTACT = "mailto:security@example.com"
    settings.STAFF_REQUIRE_SECOND_FACTOR = True
    settings.SITE_PRODUCTION_URL = "https://{identifier}.example.com"
    settings.SITE_PREVIEW_URL = "https://{identifier}.dev.example.com"
    settings.PAYMENT_GATEWAYS = ["manual"]
    settings.GRACE_SECONDS = 130
    return settings


def test_the_embedded_defaults_pass() -> None:
    assert ids() == []


def test_good_production_settings_pass(production: Any) -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("ENVIRONMENT", "staging", "shopiq.E001"),
        ("FIELD_ENCRYPTION_KEYS", ["no-version"], "shopiq.E003"),
        ("FIELD_ENCRYPTION_KEYS", ["1:c2hvcnQ="], "shopiq.E003"),
        ("FIELD_ENCRYPTION_KEYS", [KEY, "x" + KEY], "shopiq.E003"),
        ("IMAGE_PROVIDER", "midjourney", "shopiq.E005"),
        ("IMAGE_PROVIDER", "", "shopiq.E005"),
        ("IMAGE_STORAGE", "", "shopiq.E006"),
        ("TRUSTED_PROXIES", ["10.0.0.0/8", "proxy.internal"], "shopiq.E004"),
        ("DEPLOY_TARGET", "ftp", "shopiq.E007"),
        ("DEPLOY_TARGET", "github_actions", "shopiq.E009"),
        ("SITE_PREVIEW_URL", "https://example.com/{identifier}", "shopiq.E008"),
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


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("DEBUG", True, "shopiq.E027"),
        ("ALLOW_LOOPBACK_URLS", True, "shopiq.E010"),
        ("PUBLIC_URL", "http://api.example.com", "shopiq.E011"),
        ("SITE_PRODUCTION_URL", "http://{identifier}.localhost:8000", "shopiq.E015"),
        ("SITE_PREVIEW_URL", "http://{identifier}.dev.localhost:8000", "shopiq.E015"),
        ("ALLOWED_HOSTS", ["*"], "shopiq.E012"),
        ("EMAIL_DELIVERY_BACKEND", "django.core.mail.backends.dummy.EmailBackend", "shopiq.E022"),
        ("EMAIL_DELIVERY_BACKEND", "django.core.mail.backends.console.EmailBackend", "shopiq.E022"),
        ("DEFAULT_FROM_EMAIL", "", "shopiq.E023"),
        ("SECURITY_CONTACT", "security@example.com", "shopiq.W060"),
        ("STAFF_REQUIRE_SECOND_FACTOR", False, "shopiq.E024"),
        ("S3_BUCKET", "", "shopiq.E013"),
        ("GEMINI_API_KEY", "", "shopiq.E014"),
        ("GRACE_SECONDS", 109, "shopiq.E028"),
        ("PAYMENT_GATEWAYS", ["sandbox"], "shopiq.E019"),
        ("SELLER_NAME", "", "shopiq.E025"),
        ("SELLER_ADDRESS", [], "shopiq.E025"),
        ("BANK_DETAILS", [], "shopiq.E025"),
        ("SECRET_KEY", "short", "shopiq.E020"),
        ("LOOKUP_KEY", "short", "shopiq.E020"),
        ("AUTO_LOGIN_JWT_SECRET", "short", "shopiq.E020"),
        ("AUTO_LOGIN_JWT_SECRET", "a" * 40, "shopiq.E021"),
        ("LOOKUP_KEY", "c" * 40, "shopiq.E021"),
        ("LOOKUP_KEY", KEY.partition(":")[2], "shopiq.E021"),
    ],
)
def test_unsafe_settings_are_errors_in_production_only(
    production: Any, name: str, value: object, error: str
) -> None:
    setattr(production, name, value)
    assert ids() == [error]

    production.ENVIRONMENT, production.IS_PRODUCTION = "development", False
    assert ids() == []


def test_openai_needs_its_own_key(production: Any) -> None:
    production.IMAGE_PROVIDER, production.OPENAI_API_KEY = "openai", ""
    assert ids() == ["shopiq.E014"]

    production.OPENAI_API_KEY = "key"
    assert ids() == []


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
