"""Settings that are unsafe in production are errors there, each with a hint."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from tests.config.failed_checks import KEY, ids


def deploy_ids() -> set[str | None]:
    found = run_checks(include_deployment_checks=True)
    return {error.id for error in found if str(error.id).startswith("shopiq.")}


@pytest.fixture
def production(settings: Any) -> Any:
    """Settings that pass in production."""
    settings.ENVIRONMENT = "production"
    settings.IS_PRODUCTION = True
    settings.SECRET_KEY = secrets.token_urlsafe(40)
    settings.LOOKUP_KEY = secrets.token_urlsafe(40)
    settings.AUTO_LOGIN_JWT_SECRET = secrets.token_urlsafe(40)
    settings.FIELD_ENCRYPTION_KEYS = [KEY]
    settings.SIGNING_KEYS = ["1:c2lnbmluZy1mb3ItdGhlLWNoZWNrLW9ubHktMzItYnk="]
    settings.ALLOW_LOOPBACK_URLS = False
    settings.PUBLIC_URL = "https://api.example.com"
    settings.ALLOWED_HOSTS = ["api.example.com"]
    settings.IMAGE_PROVIDER, settings.GEMINI_API_KEY = "gemini", "key"
    settings.IMAGE_STORAGE, settings.S3_BUCKET = "s3", "images"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "mail", True, False
    settings.AUTO_LOGIN_URL = "https://api.example.com/chat"
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = ["10.0.0.7", "fd00::/64"]
    settings.DEFAULT_FROM_EMAIL = "ShopIQ <no-reply@example.com>"
    settings.SECURITY_CONTACT = "mailto:security@example.com"
    settings.STAFF_REQUIRE_SECOND_FACTOR = True
    settings.SITE_PRODUCTION_URL = "https://{identifier}.example.com"
    settings.SITE_PREVIEW_URL = "https://{identifier}.dev.example.com"
    settings.PAYMENT_GATEWAYS = ["manual"]
    settings.GRACE_SECONDS = 130
    return settings


def test_good_production_settings_pass(production: Any) -> None:
    assert ids() == []


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
        ("AUTO_LOGIN_JWT_SECRET", "a" * 40, "shopiq.E029"),
        ("SECRET_KEY", "abcdefghi" * 9, "shopiq.E029"),
        ("FIELD_ENCRYPTION_KEYS", ["1:" + "A" * 43 + "="], "shopiq.E029"),
        ("PUBLIC_URL", "https://api.example.com/shopiq", "shopiq.E030"),
        ("PUBLIC_URL", "https://www.example.com", "shopiq.E031"),
        ("AUTO_LOGIN_URL", "http://api.example.com/chat", "shopiq.E032"),
        ("ALLOWED_HOSTS", ["api.example.com", ".com"], "shopiq.E033"),
        ("CSRF_TRUSTED_ORIGINS", ["http://api.example.com"], "shopiq.E034"),
        ("CSRF_TRUSTED_ORIGINS", ["https://*.example.com"], "shopiq.E034"),
        ("TRUSTED_PROXIES", ["0.0.0.0/0"], "shopiq.E035"),
        ("TRUSTED_PROXIES", ["10.0.0.1", "::/0"], "shopiq.E035"),
        ("TRUSTED_PROXIES", ["128.0.0.0/1"], "shopiq.E035"),
        ("SECURE_SSL_REDIRECT", False, "shopiq.E036"),
        ("SECURE_PROXY_SSL_HEADER", None, "shopiq.E037"),
        ("TRUSTED_PROXIES", [], "shopiq.E038"),
        ("EMAIL_USE_TLS", False, "shopiq.E041"),
        ("IMAGE_CALL_SECONDS", 120, "shopiq.E043"),
        ("IMAGE_CALL_SECONDS", 0, "shopiq.E043"),
        ("GEMINI_BASE_URL", "http://gemini.example.com", "shopiq.E044"),
        ("OPENAI_BASE_URL", "http://openai.example.com", "shopiq.E044"),
        ("S3_BUCKET", "images.example", "shopiq.E045"),
        ("S3_ENDPOINT_URL", "s3.example.com:9000", "shopiq.E065"),
        ("RAZORPAY_BASE_URL", "http://razorpay.example.com", "shopiq.E047"),
        ("SITE_PRODUCTION_URL", "https://{identifier}.api.example.com", "shopiq.E048"),
        ("SITE_PREVIEW_URL", "https://{identifier}.dev.api.example.com", "shopiq.E048"),
        ("GITHUB_API_URL", "http://github.example.com", "shopiq.E049"),
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


def test_a_secret_is_of_one_use(production: Any) -> None:
    production.AUTO_LOGIN_JWT_SECRET = production.SECRET_KEY
    assert ids() == ["shopiq.E021"]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"HOST": "db", "PASSWORD": "x", "OPTIONS": {"sslmode": "verify-full"}}, []),
        ({"HOST": "db", "PASSWORD": "x", "OPTIONS": {"sslmode": "require"}}, []),
        ({"HOST": "db", "PASSWORD": "x", "OPTIONS": {}}, ["shopiq.E040"]),
        ({"HOST": "db", "PASSWORD": "x", "OPTIONS": {"sslmode": "prefer"}}, ["shopiq.E040"]),
        ({"HOST": "127.0.0.1,db", "PASSWORD": "x", "OPTIONS": {}}, ["shopiq.E040"]),
        ({"HOST": "127.0.0.1", "PASSWORD": "x", "OPTIONS": {}}, []),
        ({"HOST": "127.0.0.1", "PASSWORD": "", "OPTIONS": {}}, ["shopiq.E039"]),
        ({"HOST": "127.0.0.1", "PASSWORD": "", "OPTIONS": {"passfile": "/run/pgpass"}}, []),
        ({"HOST": "/run/postgresql", "PASSWORD": "", "OPTIONS": {}}, []),
        ({"HOST": "", "PASSWORD": "", "OPTIONS": {}}, []),
    ],
)
def test_the_database_is_reached_with_a_password_and_over_tls(
    production: Any, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], errors: list[str]
) -> None:
    for name, value in changes.items():
        monkeypatch.setitem(production.DATABASES["default"], name, value)
    assert ids() == errors


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_HOST", "127.0.0.1"),
        ("GEMINI_BASE_URL", "http://127.0.0.1:9000"),
        ("RAZORPAY_BASE_URL", "http://localhost:9000"),
    ],
)
def test_services_of_this_machine_need_no_tls(production: Any, name: str, value: str) -> None:
    production.EMAIL_USE_TLS = name != "EMAIL_HOST"
    setattr(production, name, value)
    assert ids() == []


def test_a_bucket_without_a_usable_url_needs_a_public_one(production: Any) -> None:
    production.S3_REGION = "cn-north-1"
    assert ids() == ["shopiq.E045"]
    production.S3_PUBLIC_BASE_URL = "https://images.example.com"
    assert ids() == []


def test_static_files_have_to_be_collected_before_pages_are_served(
    production: Any, tmp_path: Path
) -> None:
    production.STATIC_ROOT = str(tmp_path)
    assert deploy_ids() == {"shopiq.E042"}
    (tmp_path / "staticfiles.json").touch()
    assert deploy_ids() == set()


def test_translations_have_to_be_compiled_before_pages_are_served(
    production: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "hi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    production.LOCALE_PATHS = [tmp_path]
    assert "shopiq.E052" not in deploy_ids()
    (folder / "django.po").touch()
    assert "shopiq.E052" in deploy_ids()


def test_openai_needs_its_own_key(production: Any) -> None:
    production.IMAGE_PROVIDER, production.OPENAI_API_KEY = "openai", ""
    assert ids() == ["shopiq.E014"]

    production.OPENAI_API_KEY = "key"
    assert ids() == []
