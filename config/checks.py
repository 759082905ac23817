"""Production refuses to start on an unsafe setting: a numbered error with a way out for each."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from billing.gst import is_gstin

#: What django-environ knows besides SMTP; links that open logins would stand in logs and folders.
_MAIL_TO_NOBODY = tuple(
    f".{name}.EmailBackend" for name in ("console", "dummy", "filebased", "locmem")
)


@register
def check_environment(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    """Both environments: values that could not work."""
    if settings.ENVIRONMENT not in ("development", "production"):
        yield _error(
            1,
            f"ENVIRONMENT is {settings.ENVIRONMENT!r}.",
            "Set it to production or development.",
        )
    if "postgresql" not in settings.DATABASES["default"].get("ENGINE", ""):
        yield _error(
            2, "DATABASE_URL is no PostgreSQL database.", "Use postgres://user:password@host/name."
        )
    yield from _check_field_keys()
    for network in settings.TRUSTED_PROXIES:
        try:
            ip_network(network, strict=False)
        except ValueError:
            yield _error(
                4, f"TRUSTED_PROXIES has {network!r}.", "List addresses or networks in CIDR form."
            )
    if settings.IMAGE_PROVIDER not in ("local", "gemini", "openai"):
        yield _error(
            5,
            f"IMAGE_PROVIDER is {settings.IMAGE_PROVIDER!r}.",
            "Set it to gemini or openai (or local, which draws and runs no model).",
        )
    if settings.IMAGE_STORAGE not in ("local", "s3"):
        yield _error(6, f"IMAGE_STORAGE is {settings.IMAGE_STORAGE!r}.", "Set it to s3 or local.")
    yield from _check_shops()
    yield from _check_payments()


@register
def check_production(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> Iterable[CheckMessage]:
    """Production only: values that would work, and should not."""
    if not settings.IS_PRODUCTION:
        return
    yield from _check_secrets()
    if settings.ALLOW_LOOPBACK_URLS:
        yield _error(
            10,
            "ALLOW_LOOPBACK_URLS lets partners' URLs reach this machine.",
            "Unset it; it exists for trying everything on one machine.",
        )
    if not settings.PUBLIC_URL.startswith("https://"):
        yield _error(11, "PUBLIC_URL is not https.", "Set it to the https:// address of the site.")
    for name in ("SITE_PRODUCTION_URL", "SITE_PREVIEW_URL"):
        if not getattr(settings, name).startswith("https://"):
            yield _error(15, f"{name} is not https.", "Set it as in https://{identifier}.shop.")
    yield from _check_seller()
    if "*" in settings.ALLOWED_HOSTS:
        yield _error(12, "ALLOWED_HOSTS allows every host.", "List the hosts that are served.")
    yield from _check_people()
    if settings.IMAGE_STORAGE == "s3" and not settings.S3_BUCKET:
        yield _error(13, "IMAGE_STORAGE is s3 but S3_BUCKET is empty.", "Name the bucket.")
    key = {"gemini": "GEMINI_API_KEY", "openai": "OPENAI_API_KEY"}.get(settings.IMAGE_PROVIDER)
    if key and not getattr(settings, key):
        yield _error(14, f"{key} is empty.", f"Set {key} or choose another IMAGE_PROVIDER.")


def _check_shops() -> Iterable[CheckMessage]:
    if settings.DEPLOY_TARGET not in ("local", "s3", "github_actions"):
        yield _error(
            7,
            f"DEPLOY_TARGET is {settings.DEPLOY_TARGET!r}.",
            "Set it to s3, github_actions or local.",
        )
    for name in ("SITE_PRODUCTION_URL", "SITE_PREVIEW_URL"):
        if "{identifier}" not in urlsplit(getattr(settings, name)).netloc:
            yield _error(
                8,
                f"{name} has no {{identifier}} in its host.",
                "Write it as in https://{identifier}.example.com.",
            )
    wanted = {
        "s3": ("SITES_S3_BUCKET",),
        "github_actions": ("GITHUB_REPOSITORY", "GITHUB_WORKFLOW", "GITHUB_TOKEN"),
    }.get(settings.DEPLOY_TARGET, ())
    for name in wanted:
        if not getattr(settings, name):
            yield _error(
                9, f"DEPLOY_TARGET is {settings.DEPLOY_TARGET} but {name} is empty.", f"Set {name}."
            )


def _check_payments() -> Iterable[CheckMessage]:
    for name in set(settings.PAYMENT_GATEWAYS) - {"razorpay", "manual", "sandbox"}:
        yield _error(
            16, f"PAYMENT_GATEWAYS has {name!r}.", "List razorpay, manual or, to try, sandbox."
        )
    if "razorpay" in settings.PAYMENT_GATEWAYS:
        for name in ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET"):
            if not getattr(settings, name):
                yield _error(
                    17, f"{name} is empty.", f"Set {name} or take razorpay out of PAYMENT_GATEWAYS."
                )
    if not is_gstin(settings.SELLER_GSTIN):
        yield _error(18, "SELLER_GSTIN is not valid.", "Check each of its 15 characters.")


def _check_seller() -> Iterable[CheckMessage]:
    """Production only: an invoice has to name who really sells."""
    if "sandbox" in settings.PAYMENT_GATEWAYS:
        yield _error(
            19,
            "PAYMENT_GATEWAYS has the sandbox, which gives points away.",
            "Take it out; it exists for trying everything on one machine.",
        )
    wanted = ["SELLER_NAME", "SELLER_ADDRESS"]
    if "manual" in settings.PAYMENT_GATEWAYS:
        wanted.append("BANK_DETAILS")
    for name in wanted:
        if not getattr(settings, name):
            yield _error(25, f"{name} is empty.", f"Set {name}; invoices and proformas print it.")


def _check_people() -> Iterable[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith(_MAIL_TO_NOBODY):
        yield _error(22, "EMAIL_URL sends no mail.", "Set it as in smtp+tls://user:pw@host:587.")
    if "@" not in settings.DEFAULT_FROM_EMAIL:
        yield _error(23, "DEFAULT_FROM_EMAIL is no address.", "Set it to the sender of mail.")
    if not settings.STAFF_REQUIRE_SECOND_FACTOR:
        yield _error(
            24,
            "STAFF_REQUIRE_SECOND_FACTOR is off.",
            "Unset it, so that a stolen password does not open the administration.",
        )


def _check_secrets() -> Iterable[CheckMessage]:
    secrets = {
        "SECRET_KEY": settings.SECRET_KEY,
        "LOOKUP_KEY": settings.LOOKUP_KEY,
        "AUTO_LOGIN_JWT_SECRET": settings.AUTO_LOGIN_JWT_SECRET,
        **{f"FIELD_ENCRYPTION_KEYS[{n}]": k for n, k in enumerate(settings.FIELD_ENCRYPTION_KEYS)},
    }
    for name, value in secrets.items():
        if len(value) < 32:
            yield _error(20, f"{name} is shorter than 32 characters.", "Generate a random one.")
    values = [value.partition(":")[2] or value for value in secrets.values() if value]
    if len(set(values)) != len(values):
        yield _error(
            21,
            "Two secrets are the same.",
            "Generate one for each purpose, so that one leak opens one door.",
        )


def _check_field_keys() -> Iterable[CheckMessage]:
    if not settings.FIELD_ENCRYPTION_KEYS:
        yield _error(
            3, "FIELD_ENCRYPTION_KEYS is empty.", "Set it to VERSION:KEY, as .env.example shows."
        )
    for entry in settings.FIELD_ENCRYPTION_KEYS:
        version, _, key = entry.partition(":")
        try:
            is_good = version.isdecimal() and len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            is_good = False
        if not is_good:
            yield _error(
                3,
                "FIELD_ENCRYPTION_KEYS has an entry that is not VERSION:KEY.",
                "A key is 32 random bytes in URL-safe base64, as in 1:q83vE…=.",
            )


def _error(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"shopiq.E{number:03d}")
